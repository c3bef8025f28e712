package dev.cairn.runtime;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.StateRoots;
import java.nio.file.Path;

/**
 * Brings a state machine from where it was written last to the log's head. The state it starts from and every state on
 * the way must be the one that the certified header names; else nothing is written.
 */
final class StateRecovery {
    private StateRecovery() {}

    /**
     * Takes up the state of the last snapshot if it is a newer one than the state machine's, then executes, commits and
     * persists the committed blocks that the state machine has not seen.
     */
    static <S> void catchUp(RocksLog log, Path path, Genesis genesis, Recovery recovery, StateMachine<S> machine)
            throws BootException {
        Block head = recovery.head();
        try {
            recovery.snapshot().ifPresent(snapshot -> adopt(snapshot.anchor(), machine));
            Height applied = machine.committedHeight();
            if (applied.isAbove(head.height())) {
                throw LogStore.damaged(
                        path,
                        "it ends at " + head.height() + " but the state beside it is at " + applied
                                + ": blocks and votes were lost",
                        null);
            }
            S state = machine.committed();
            check(path, machine.roots(state), block(log, genesis, applied), "as it was stored");
            for (Height at = applied.next(); at.isAtMost(head.height()); at = at.next()) {
                Block block = block(log, genesis, at);
                state = machine.execute(state, new Proposal(at, block.header().timeNanos(), block.requests()));
                check(path, machine.roots(state), block, "after executing it again");
                machine.commit(state, block);
                machine.persist(state, block);
            }
        } catch (StorageException e) {
            throw LogStore.damaged(path, String.valueOf(e.getMessage()), e);
        }
    }

    private static void adopt(Block anchor, StateMachine<?> machine) {
        if (anchor.height().isAbove(machine.committedHeight())) {
            var _ = machine.adopt(anchor.header()); // that it failed shows when the blocks below the anchor are missing
        }
    }

    private static Block block(RocksLog log, Genesis genesis, Height height) throws StorageException {
        if (height.equals(Height.GENESIS)) {
            return genesis.block();
        }
        return log.committedAt(height)
                .map(RocksLog.CommittedBody::block)
                .orElseThrow(() -> new StorageException("no committed block at " + height + " below the head"));
    }

    private static void check(Path path, StateRoots actual, Block block, String when) throws BootException {
        StateRoots certified = block.header().roots();
        if (!actual.equals(certified)) {
            throw corrupt(
                    path,
                    "the state at " + block.height() + " " + when + " has the root " + actual.stateRoot()
                            + ", but the certified header says " + certified.stateRoot());
        }
    }

    private static BootException corrupt(Path path, String what) {
        return new BootException(
                BootException.Cause.CORRUPT,
                path.getParent() + ": state and log contradict each other (" + what
                        + "); move the state away, not the log, and start again: it is rebuilt from the log's blocks");
    }
}
