package dev.cairn.kv;

import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.proof.EmptyState;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;
import java.util.SortedSet;

/**
 * The replicated state after one block, with what that block did. Immutable: reads need no lock, and a block that is
 * never committed is forgotten by dropping its state.
 *
 * @param tree every key of every space
 * @param revision the store's revision; 1 in a new store
 * @param compactRevision revisions below it can't be read; {@link #NEVER_COMPACTED} at first
 * @param governance who may change what, from the next operation on
 * @param results what became of the block's requests, in their order
 * @param changes the block's changes, in order of revision and sub
 * @param written the versions that these changes made, each with the history before it, in the same order
 * @param removed tree keys of tombstones that this block's share of a compaction dropped, and of closed sessions
 * @param touchedSystem system records that the block wrote
 * @param unpersisted the changes of this and earlier blocks that may not be on disk yet
 */
public record KvState(
        Height height,
        Tree tree,
        long revision,
        long compactRevision,
        StateRoots roots,
        Governance governance,
        List<RequestOutcome> results,
        List<KeyEvent> changes,
        List<Leaf> written,
        List<Bytes> removed,
        List<Bytes> touchedSystem,
        Unpersisted unpersisted) {
    /** Revisions of stores begin here. */
    public static final long FIRST_REVISION = EmptyState.FIRST_REVISION;

    public static final long NEVER_COMPACTED = EmptyState.NEVER_COMPACTED;

    public KvState {
        results = List.copyOf(results);
        changes = List.copyOf(changes);
        written = List.copyOf(written);
        removed = List.copyOf(removed);
        touchedSystem = List.copyOf(touchedSystem);
    }

    /** The state of a new store, before the first block. */
    public static KvState genesis(Governance governance) {
        return at(Height.GENESIS, Tree.EMPTY, EmptyState.roots(), governance);
    }

    /** A state read from disk: what its block did is not known any more. */
    public static KvState at(Height height, Tree tree, StateRoots roots, Governance governance) {
        return new KvState(
                height,
                tree,
                roots.lastRevision(),
                roots.compactRevision(),
                roots,
                governance,
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                List.of(),
                Unpersisted.NONE);
    }

    /** Users and roles. Reads no disk. */
    public AuthView auth() {
        return new AuthView(new AuthRecords(tree::get, tree::liveCount, tree::forEach));
    }

    /** The alarms that are raised, in order. */
    public SortedSet<Alarm> alarms() {
        return Alarms.in(tree);
    }
}
