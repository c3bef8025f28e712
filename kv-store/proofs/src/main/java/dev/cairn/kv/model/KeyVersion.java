package dev.cairn.kv.model;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Objects;

/** One version of one key: a put, or the tombstone of a delete. Immutable; its digest is computed once. */
public final class KeyVersion {
    private static final int TAG = 0x21;
    private static final int PUT = 1;
    private static final int TOMBSTONE = 0;

    private final Bytes treeKey;
    private final long modRevision;
    private final int sub;
    private final long createRevision;
    private final long version;
    private final long lease;
    private final boolean live;
    private final Value value;
    private final Digest digest;

    private KeyVersion(
            Bytes treeKey,
            long modRevision,
            int sub,
            long createRevision,
            long version,
            long lease,
            boolean live,
            Value value) {
        this.treeKey = Objects.requireNonNull(treeKey);
        this.modRevision = modRevision;
        this.sub = sub;
        this.createRevision = createRevision;
        this.version = version;
        this.lease = lease;
        this.live = live;
        this.value = value;
        this.digest = computeDigest();
    }

    public static KeyVersion put(
            Bytes treeKey, long modRevision, int sub, long createRevision, long version, long lease, Value value) {
        return new KeyVersion(treeKey, modRevision, sub, createRevision, version, lease, true, value);
    }

    public static KeyVersion tombstone(Bytes treeKey, long modRevision, int sub) {
        return new KeyVersion(treeKey, modRevision, sub, 0, 0, 0, false, Value.EMPTY);
    }

    /** The same version with another hold of the same value. */
    private KeyVersion(KeyVersion same, Value value) {
        this.treeKey = same.treeKey;
        this.modRevision = same.modRevision;
        this.sub = same.sub;
        this.createRevision = same.createRevision;
        this.version = same.version;
        this.lease = same.lease;
        this.live = same.live;
        this.value = value;
        this.digest = same.digest;
    }

    /** A copy that keeps these bytes, which must be its value's, whatever reaches the disk meanwhile. */
    public KeyVersion withValue(Bytes bytes) {
        Value whole = Value.of(bytes);
        if (!whole.digest().equals(value.digest())) {
            throw new IllegalArgumentException("not the value of " + this);
        }
        return new KeyVersion(this, whole);
    }

    /** A copy that says no more of its value than the digest. */
    public KeyVersion withoutValue() {
        return live ? new KeyVersion(this, Value.ofDigest(value.digest())) : this;
    }

    /** Whether nothing is left out: the value's bytes are here, or there is no value. */
    public boolean isWhole() {
        return !live || value.resident().isPresent();
    }

    private Digest computeDigest() {
        return Hashing.sha256(new ByteWriter(96 + treeKey.size())
                .putByte(TAG)
                .putByte(Hashing.SUITE)
                .putBytes(treeKey)
                .putLong(modRevision)
                .putInt(sub)
                .putLong(createRevision)
                .putLong(version)
                .putLong(lease)
                .putByte(live ? PUT : TOMBSTONE)
                .putDigest(value.digest())
                .toArray());
    }

    /** The key in the tree: a first byte for its space, then the client's key. */
    public Bytes treeKey() {
        return treeKey;
    }

    /** The key without the byte of its space: as clients know it. */
    public Bytes key() {
        return Space.key(treeKey);
    }

    public long modRevision() {
        return modRevision;
    }

    /** The place of this change among those of its revision. */
    public int sub() {
        return sub;
    }

    public long createRevision() {
        return createRevision;
    }

    public long version() {
        return version;
    }

    public long lease() {
        return lease;
    }

    public boolean isLive() {
        return live;
    }

    public Value value() {
        return value;
    }

    public Digest digest() {
        return digest;
    }

    /** Bytes that handing this version out moves. */
    public int sizeBytes() {
        return treeKey.size() + value.length();
    }

    @Override
    public String toString() {
        return treeKey + "@" + modRevision + "." + sub + (live ? "" : " deleted");
    }
}
