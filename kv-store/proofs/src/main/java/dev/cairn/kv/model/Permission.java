package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;

/** What holders of one of etcd's roles may do with the keys of a range; {@code rangeEnd} as {@link KeySpan#of} reads it. */
public record Permission(Type type, Bytes key, Bytes rangeEnd) {
    private static final Bytes OPEN_END = Bytes.wrap(new byte[] {0});

    /** The numbers are part of encodings and count from 0. */
    public enum Type {
        READ(0),
        WRITE(1),
        READWRITE(2);

        private final int number;

        Type(int number) {
            this.number = number;
        }

        public int number() {
            return number;
        }

        public static Type ofNumber(int number) {
            return Arrays.stream(values())
                    .filter(type -> type.number == number)
                    .findFirst()
                    .orElseThrow(() -> new IllegalArgumentException("no permission is of type " + number));
        }

        public boolean reads() {
            return this != WRITE;
        }

        public boolean writes() {
            return this != READ;
        }
    }

    public KeySpan span() {
        return KeySpan.of(key, rangeEnd);
    }

    /** Whether it is about any key at all. */
    public boolean isOnKeys() {
        boolean ascends = rangeEnd.isEmpty() || rangeEnd.equals(OPEN_END) || key.compareTo(rangeEnd) < 0;
        return !key.isEmpty() && ascends;
    }
}
