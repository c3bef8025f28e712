package dev.cairn.protocol.model;

import java.util.Arrays;

/** Builds the canonical bytes that are hashed or signed: fixed-width big-endian numbers, length-prefixed strings. */
public final class ByteWriter {
    private byte[] buffer;
    private int size;

    public ByteWriter(int expectedBytes) {
        buffer = new byte[Math.max(16, expectedBytes)];
    }

    public ByteWriter putByte(int value) {
        int at = reserve(1); // may replace the buffer, so it comes first
        buffer[at] = (byte) value;
        return this;
    }

    public ByteWriter putInt(int value) {
        int at = reserve(4);
        BigEndian.putInt(buffer, at, value);
        return this;
    }

    public ByteWriter putLong(long value) {
        int at = reserve(8);
        BigEndian.putLong(buffer, at, value);
        return this;
    }

    public ByteWriter putDigest(Digest digest) {
        int at = reserve(Digest.BYTES);
        digest.write(buffer, at);
        return this;
    }

    /** The bytes alone, for a field of known width or one that ends the encoding. */
    public ByteWriter putRaw(byte[] bytes) {
        int at = reserve(bytes.length);
        System.arraycopy(bytes, 0, buffer, at, bytes.length);
        return this;
    }

    /** A four-byte length and then the bytes. */
    public ByteWriter putBytes(Bytes bytes) {
        return putInt(bytes.size()).putRaw(bytes.shared());
    }

    public int size() {
        return size;
    }

    public byte[] toArray() {
        return Arrays.copyOf(buffer, size);
    }

    private int reserve(int count) {
        int at = size;
        size = Math.addExact(size, count);
        if (size > buffer.length) {
            buffer = Arrays.copyOf(buffer, Math.max(size, buffer.length * 2));
        }
        return at;
    }
}
