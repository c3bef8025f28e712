package dev.cairn.protocol.model;

import java.util.HexFormat;

/** A SHA-256 value. Four longs instead of an array: immutable, and compared without a loop. */
public record Digest(long a, long b, long c, long d) implements Comparable<Digest> {
    public static final int BYTES = 32;
    public static final Digest ZERO = new Digest(0, 0, 0, 0);

    /** Reads 32 bytes at {@code offset}. */
    public static Digest read(byte[] source, int offset) {
        return new Digest(
                BigEndian.getLong(source, offset),
                BigEndian.getLong(source, offset + 8),
                BigEndian.getLong(source, offset + 16),
                BigEndian.getLong(source, offset + 24));
    }

    /** The digest whose bytes are exactly {@code source}; anything but 32 bytes is refused. */
    public static Digest of(byte[] source) {
        if (source.length != BYTES) {
            throw new IllegalArgumentException("a digest has 32 bytes, not " + source.length);
        }
        return read(source, 0);
    }

    /** The digest written as 64 hexadecimal digits. */
    public static Digest parse(String hex) {
        return of(HexFormat.of().parseHex(hex));
    }

    public void write(byte[] target, int offset) {
        BigEndian.putLong(target, offset, a);
        BigEndian.putLong(target, offset + 8, b);
        BigEndian.putLong(target, offset + 16, c);
        BigEndian.putLong(target, offset + 24, d);
    }

    public byte[] toArray() {
        byte[] bytes = new byte[BYTES];
        write(bytes, 0);
        return bytes;
    }

    public String toHex() {
        return HexFormat.of().formatHex(toArray());
    }

    @Override
    public int compareTo(Digest o) {
        int order = Long.compareUnsigned(a, o.a);
        if (order == 0) order = Long.compareUnsigned(b, o.b);
        if (order == 0) order = Long.compareUnsigned(c, o.c);
        return order == 0 ? Long.compareUnsigned(d, o.d) : order;
    }

    /** The first eight digits, as in a git log; use {@link #toHex} where all of it matters. */
    @Override
    public String toString() {
        return toHex().substring(0, 8);
    }
}
