package dev.cairn.kv.model;

import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;

/**
 * What holds back everything that nobody has signed, until it is taken back.
 *
 * @param member whose alarm it is, as etcd numbers members; 0 where it is of the whole store
 */
public record Alarm(long member, Kind kind) implements Comparable<Alarm> {
    private static final Comparator<Alarm> ORDER =
            Comparator.comparing(Alarm::kind).thenComparing((a, b) -> Long.compareUnsigned(a.member(), b.member()));

    /** What is wrong. */
    public enum Kind {
        /** The quota is used up: what would add to the store fails. */
        NOSPACE(1),
        /** The store is said to be wrong: no key is written. */
        CORRUPT(2);

        private final int code;

        Kind(int code) {
            this.code = code;
        }

        /** The number in what is hashed, and in etcd's messages. */
        public int code() {
            return code;
        }

        public static Optional<Kind> ofCode(int code) {
            return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst();
        }
    }

    /** The alarm that the store itself raises. */
    public static final Alarm FULL = new Alarm(0, Kind.NOSPACE);

    @Override
    public int compareTo(Alarm other) {
        return ORDER.compare(this, other);
    }
}
