package dev.cairn.protocol.model;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable byte string, compared as unsigned bytes. Stands wherever a record would otherwise hold an array. */
public final class Bytes implements Comparable<Bytes> {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] array;

    private Bytes(byte[] array) {
        this.array = array;
    }

    /** Copies {@code source}. */
    public static Bytes copyOf(byte[] source) {
        return source.length == 0 ? EMPTY : new Bytes(source.clone());
    }

    /** Takes {@code array} over without a copy: the caller promises never to write to it again. */
    public static Bytes wrap(byte[] array) {
        return array.length == 0 ? EMPTY : new Bytes(array);
    }

    public static Bytes utf8(String text) {
        return wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    public int size() {
        return array.length;
    }

    public boolean isEmpty() {
        return array.length == 0;
    }

    public byte at(int index) {
        return array[index];
    }

    public byte[] toArray() {
        return array.clone();
    }

    /** The array itself, for readers that hash, send or store it; writing to it breaks the program. */
    public byte[] shared() {
        return array;
    }

    public Bytes slice(int from, int to) {
        return wrap(Arrays.copyOfRange(array, from, to));
    }

    public boolean startsWith(Bytes prefix) {
        return prefix.size() <= size() && Arrays.equals(array, 0, prefix.size(), prefix.array, 0, prefix.size());
    }

    public String toUtf8() {
        return new String(array, StandardCharsets.UTF_8);
    }

    public String toHex() {
        return HexFormat.of().formatHex(array);
    }

    @Override
    public int compareTo(Bytes other) {
        return Arrays.compareUnsigned(array, other.array);
    }

    @Override
    public boolean equals(@org.jspecify.annotations.Nullable Object other) {
        return other instanceof Bytes that && Arrays.equals(array, that.array);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(array);
    }

    /** Size and a short hexadecimal beginning; never the whole content, which may be secret. */
    @Override
    public String toString() {
        String start = HexFormat.of().formatHex(array, 0, Math.min(8, array.length));
        return array.length + "B:" + start;
    }
}
