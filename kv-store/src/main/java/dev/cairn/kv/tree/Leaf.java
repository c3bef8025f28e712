package dev.cairn.kv.tree;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.proof.NodeHash;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import org.jspecify.annotations.Nullable;

/** A key's newest version, and the RFC 6962 tree over the digests of its earlier ones. */
public final class Leaf implements Node {
    /** Measured: a key's objects, without its bytes and its value's, and one inner node. */
    private static final int FIXED_BYTES = 512;

    private static final int PEAK_BYTES = 64;

    /** What a key costs of the quota beside its bytes, as in etcd. */
    public static final int DATA_FIXED_BYTES = 256;

    private final KeyVersion head;
    private final MerkleFrontier history;
    private @Nullable Digest hash;

    public Leaf(KeyVersion head, MerkleFrontier history) {
        this.head = head;
        this.history = history;
    }

    public KeyVersion head() {
        return head;
    }

    public MerkleFrontier history() {
        return history;
    }

    /** Computed at most twice, if two threads come at once; both get the same. */
    @Override
    public Digest hash() {
        Digest known = hash;
        if (known == null) {
            known = NodeHash.leaf(head.digest(), history.size(), history.root());
            hash = known;
        }
        return known;
    }

    @Override
    public long maxModRevision() {
        return head.modRevision();
    }

    @Override
    public long liveCount() {
        return head.isLive() ? 1 : 0;
    }

    @Override
    public int leafCount() {
        return 1;
    }

    @Override
    public int height() {
        return 0;
    }

    @Override
    public long dataBytes() {
        return (long) DATA_FIXED_BYTES + head.sizeBytes();
    }

    /** What a client's key without a history weighs in the tree, by the lengths of itself and its value. */
    public static long weightBytes(int keyBytes, int valueBytes) {
        return FIXED_BYTES + 1L + keyBytes + (valueBytes <= Value.MAX_RESIDENT_BYTES ? valueBytes : 0);
    }

    @Override
    public long weightBytes() {
        return FIXED_BYTES
                + head.treeKey().size()
                + head.value().residentBytes()
                + (long) PEAK_BYTES * Long.bitCount(history.size());
    }
}
