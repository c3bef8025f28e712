package dev.cairn.kv.model;

import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import java.util.Optional;

/**
 * The keys from {@code from} (inclusive) to {@code until} (exclusive; nothing means without end), in unsigned byte
 * order.
 */
public record KeySpan(Bytes from, Optional<Bytes> until) {
    private static final Bytes OPEN_END = Bytes.wrap(new byte[] {0});

    /**
     * etcd's reading of (key, range_end): an empty range_end is the key alone, a single zero byte means every key from
     * {@code key} on. Inverted intervals are empty, not an error.
     */
    public static KeySpan of(Bytes key, Bytes rangeEnd) {
        if (rangeEnd.isEmpty()) {
            return single(key);
        }
        return new KeySpan(key, rangeEnd.equals(OPEN_END) ? Optional.empty() : Optional.of(rangeEnd));
    }

    public static KeySpan single(Bytes key) {
        return new KeySpan(key, Optional.of(successor(key)));
    }

    /** All keys that begin with {@code prefix}. */
    public static KeySpan prefix(Bytes prefix) {
        int end = prefix.size();
        while (end > 0 && prefix.at(end - 1) == (byte) 0xff) {
            end--;
        }
        if (end == 0) {
            return new KeySpan(prefix, Optional.empty());
        }
        byte[] until = Arrays.copyOf(prefix.shared(), end);
        until[end - 1]++;
        return new KeySpan(prefix, Optional.of(Bytes.wrap(until)));
    }

    /** The smallest key above {@code key}. */
    public static Bytes successor(Bytes key) {
        return Bytes.wrap(Arrays.copyOf(key.shared(), key.size() + 1));
    }

    public boolean contains(Bytes key) {
        return key.compareTo(from) >= 0
                && until.map(end -> key.compareTo(end) < 0).orElse(true);
    }

    public boolean isSingle() {
        return until.isPresent()
                && until.get().size() == from.size() + 1
                && until.get().at(from.size()) == 0
                && until.get().startsWith(from);
    }

    public boolean isEmpty() {
        return until.map(end -> end.compareTo(from) <= 0).orElse(false);
    }
}
