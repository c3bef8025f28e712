package dev.cairn.kv.tree;

import dev.cairn.kv.proof.NodeHash;
import dev.cairn.protocol.model.Digest;
import org.jspecify.annotations.Nullable;

/**
 * The keys below share every bit up to {@code critBit} and part there: 0 to the left, 1 to the right. An inner node
 * belongs to the edit that made it, which alone may change it, until that edit is sealed.
 */
final class Inner implements Node {
    final int critBit;
    private final Edit owner;
    private Node left;
    private Node right;
    private long maxModRevision;
    private long liveCount;
    private int leafCount;
    private int height;
    private long weightBytes;
    private long dataBytes;
    private @Nullable Digest hash;

    Inner(int critBit, Node left, Node right, Edit owner) {
        this.critBit = critBit;
        this.left = left;
        this.right = right;
        this.owner = owner;
        summarise();
    }

    Node left() {
        return left;
    }

    Node right() {
        return right;
    }

    Node child(int bit) {
        return bit == 0 ? left : right;
    }

    /** This node with another child: itself if {@code edit} made it, else a copy that belongs to {@code edit}. */
    Inner with(int bit, Node child, Edit edit) {
        if (owner != edit) {
            return bit == 0 ? new Inner(critBit, child, right, edit) : new Inner(critBit, left, child, edit);
        }
        if (edit.isSealed()) {
            throw new IllegalStateException("a sealed tree cannot be edited");
        }
        if (bit == 0) {
            left = child;
        } else {
            right = child;
        }
        hash = null;
        summarise();
        return this;
    }

    private void summarise() {
        maxModRevision = Math.max(left.maxModRevision(), right.maxModRevision());
        liveCount = left.liveCount() + right.liveCount();
        leafCount = left.leafCount() + right.leafCount();
        height = 1 + Math.max(left.height(), right.height());
        dataBytes = left.dataBytes() + right.dataBytes();
        weightBytes = left.weightBytes() + right.weightBytes();
    }

    @Override
    public Digest hash() {
        Digest known = hash;
        if (known == null) {
            known = NodeHash.inner(critBit, left.summary(), right.summary());
            hash = known;
        }
        return known;
    }

    @Override
    public long maxModRevision() {
        return maxModRevision;
    }

    @Override
    public long liveCount() {
        return liveCount;
    }

    @Override
    public int leafCount() {
        return leafCount;
    }

    @Override
    public int height() {
        return height;
    }

    @Override
    public long dataBytes() {
        return dataBytes;
    }

    @Override
    public long weightBytes() {
        return weightBytes;
    }
}
