package dev.cairn.kv.tree;

import dev.cairn.kv.proof.Summary;
import dev.cairn.protocol.model.Digest;

/** A node of the tree. What a parent's hash binds about it: hash, newest revision below it, live keys below it. */
sealed interface Node permits Leaf, Inner {
    Digest hash();

    long maxModRevision();

    long liveCount();

    default Summary summary() {
        return new Summary(hash(), maxModRevision(), liveCount());
    }

    /** All keys below, tombstones too; not hashed. */
    int leafCount();

    /** Edges on the longest way down; not hashed. */
    int height();

    /** What the newest versions below hold, keys and values, wherever they lie; not hashed, the same everywhere. */
    long dataBytes();

    /** About what the leaves below and their share of inner nodes hold in memory; not hashed, the same everywhere. */
    long weightBytes();
}
