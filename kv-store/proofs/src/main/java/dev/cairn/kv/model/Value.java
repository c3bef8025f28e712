package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A value: its digest and length for good, its bytes as long as they are in memory. Until a block is on disk its values
 * are in memory; afterwards only small ones stay.
 */
public final class Value {
    /** Larger values are read from disk. */
    public static final int MAX_RESIDENT_BYTES = 512;

    private static final int UNKNOWN_LENGTH = -1;

    static final Value EMPTY = of(Bytes.EMPTY);

    private final Digest digest;
    private final int length;
    private volatile @Nullable Bytes bytes;

    private Value(Digest digest, int length, @Nullable Bytes bytes) {
        this.digest = digest;
        this.length = length;
        this.bytes = bytes;
    }

    public static Value of(Bytes bytes) {
        return new Value(Hashing.sha256(bytes.shared()), bytes.size(), bytes);
    }

    /** A value whose bytes are on disk only. */
    public static Value onDisk(Digest digest, int length) {
        return length == 0 ? EMPTY : new Value(digest, length, null);
    }

    /** A value that a proof names without giving it: neither length nor bytes are known. */
    public static Value ofDigest(Digest digest) {
        return new Value(digest, UNKNOWN_LENGTH, null);
    }

    public Digest digest() {
        return digest;
    }

    public int length() {
        if (length == UNKNOWN_LENGTH) {
            throw new IllegalStateException("only the digest of this value is known");
        }
        return length;
    }

    /** What stays in memory once the value is on disk. */
    public int residentBytes() {
        return length <= MAX_RESIDENT_BYTES ? length : 0;
    }

    /** The bytes, if they are in memory. */
    public Optional<Bytes> resident() {
        return Optional.ofNullable(bytes);
    }

    /** Keeps bytes that were read from disk, if they are few. */
    public void keep(Bytes read) {
        if (length != UNKNOWN_LENGTH && length <= MAX_RESIDENT_BYTES) {
            bytes = read;
        }
    }

    /** The block is on disk: large bytes need no memory any more. */
    public void onPersisted() {
        if (length > MAX_RESIDENT_BYTES) {
            bytes = null;
        }
    }
}
