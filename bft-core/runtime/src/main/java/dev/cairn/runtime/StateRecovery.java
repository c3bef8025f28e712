package dev.cairn.runtime;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.StateRoots;
import java.nio.file.Path;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings a state machine from where it was written last to the log's head. The state it starts from and every state on
 * the way must be the one that the certified header names; else nothing is written.
 */
final class StateRecovery {
    private static final Logger LOG = LoggerFactory.getLogger(StateRecovery.class);

    private StateRecovery() {}

    /**
     * Takes up the state of the last snapshot if it is a newer one than the state machine's, then executes, commits and
     * persists the committed blocks that the state machine has not seen. Where the log does not hold one of these, the
     * answer is a recovery without a state, and the core fetches one.
     */
    static <S> Recovery catchUp(RocksLog log, Path path, Genesis genesis, Recovery recovery, StateMachine<S> machine)
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
            Optional<Header> header = header(log, genesis, applied);
            if (header.isPresent()) {
                check(path, machine.roots(state), header.get(), "as it was stored");
            }
            for (Height at = applied.next(); at.isAtMost(head.height()); at = at.next()) {
                Optional<RocksLog.CommittedBody> found = log.committedAt(at);
                if (found.isEmpty()) {
                    LOG.warn(
                            "the state ends at {} and the log has not the block {}: fetches a state from the others",
                            machine.committedHeight(),
                            at);
                    return recovery.withoutState();
                }
                Block block = found.get().block();
                state = machine.execute(state, new Proposal(at, block.header().timeNanos(), block.requests()));
                check(path, machine.roots(state), block.header(), "after executing it again");
                machine.commit(state, block);
                machine.persist(state, block);
            }
            return recovery;
        } catch (StorageException e) {
            throw LogStore.damaged(path, String.valueOf(e.getMessage()), e);
        }
    }

    private static void adopt(Block anchor, StateMachine<?> machine) {
        if (anchor.height().isAbove(machine.committedHeight())) {
            var _ = machine.adopt(anchor.header()); // that there is none shows when blocks below the anchor are missing
        }
    }

    private static Optional<Header> header(RocksLog log, Genesis genesis, Height height) throws StorageException {
        return height.equals(Height.GENESIS) ? Optional.of(genesis.block().header()) : log.headerAt(height);
    }

    private static void check(Path path, StateRoots actual, Header header, String when) throws BootException {
        StateRoots certified = header.roots();
        if (!actual.equals(certified)) {
            throw new BootException(
                    BootException.Cause.STATE,
                    path.getParent() + ": state and log contradict each other (the state at " + header.height() + " "
                            + when + " has the root " + actual.stateRoot() + ", but the certified header says "
                            + certified.stateRoot()
                            + "); move the state away, not the log, and start again: it is made anew from the log, or"
                            + " fetched from the others");
        }
    }
}
