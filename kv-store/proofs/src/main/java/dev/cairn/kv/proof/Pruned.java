package dev.cairn.kv.proof;

import dev.cairn.protocol.model.Bytes;

/**
 * A state tree of which only some leaves are shown; every other subtree is a summary.
 *
 * @param <L> what is shown of a leaf
 */
public sealed interface Pruned<L extends Pruned.ShownLeaf> {
    /** No leaf of a state tree lies deeper. */
    int MAX_DEPTH = 512;

    /** Enough of a leaf to compute what its parent binds. */
    interface ShownLeaf {
        Bytes treeKey();

        Summary summary();
    }

    /** A subtree that is not shown. */
    record Stub<L extends ShownLeaf>(Summary summary) implements Pruned<L> {}

    /** An inner node, of whose children at least one is shown. */
    record Branch<L extends ShownLeaf>(int critBit, Pruned<L> left, Pruned<L> right) implements Pruned<L> {}

    record Tip<L extends ShownLeaf>(L leaf) implements Pruned<L> {}
}
