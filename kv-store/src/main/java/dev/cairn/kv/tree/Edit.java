package dev.cairn.kv.tree;

/** Marks the nodes that one unfinished edit made and may therefore change in place. */
final class Edit {
    private boolean sealed;

    boolean isSealed() {
        return sealed;
    }

    void seal() {
        sealed = true;
    }
}
