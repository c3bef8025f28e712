package dev.cairn.kv.proof;

import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.StateRoots;

/** The state that every chain begins with. */
public final class EmptyState {
    /** Revisions of stores begin here. */
    public static final long FIRST_REVISION = 1;

    public static final long NEVER_COMPACTED = -1;

    private EmptyState() {}

    /** What the genesis block's header says of it. */
    public static StateRoots roots() {
        return new StateRoots(
                FIRST_REVISION + 1,
                FIRST_REVISION,
                NEVER_COMPACTED,
                MerkleFrontier.EMPTY.root(),
                MerkleFrontier.EMPTY.root(),
                NodeHash.EMPTY);
    }
}
