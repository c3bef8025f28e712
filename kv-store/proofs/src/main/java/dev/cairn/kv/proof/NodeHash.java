package dev.cairn.kv.proof;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;

/** The preimages of the state tree's nodes. */
public final class NodeHash {
    /** The root of a tree without keys. */
    public static final Digest EMPTY = Hashing.sha256(new byte[] {0x23, Hashing.SUITE});

    private static final int TAG_LEAF = 0x20;
    private static final int TAG_INNER = 0x22;

    private NodeHash() {}

    /** {@code history*} is the RFC 6962 tree over the digests of the key's earlier versions. */
    public static Digest leaf(Digest newestVersion, long historySize, Digest historyRoot) {
        return Hashing.sha256(new ByteWriter(80)
                .putByte(TAG_LEAF)
                .putByte(Hashing.SUITE)
                .putDigest(newestVersion)
                .putLong(historySize)
                .putDigest(historyRoot)
                .toArray());
    }

    /** The annotations of <em>both</em> children stand in the preimage; binding only totals would be forgeable. */
    public static Digest inner(int critBit, Summary left, Summary right) {
        return Hashing.sha256(new ByteWriter(104)
                .putByte(TAG_INNER)
                .putByte(Hashing.SUITE)
                .putInt(critBit)
                .putDigest(left.hash())
                .putLong(left.maxModRevision())
                .putLong(left.liveCount())
                .putDigest(right.hash())
                .putLong(right.maxModRevision())
                .putLong(right.liveCount())
                .toArray());
    }
}
