package dev.cairn.server.watch;

import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The keys from {@code begin} up to, and without, {@code end}.
 *
 * @param end null: no upper bound
 */
public record KeyInterval(Bytes begin, @Nullable Bytes end) implements Comparable<KeyInterval> {

    /** The interval that holds {@code key} alone. */
    static KeyInterval single(Bytes key) {
        return new KeyInterval(key, Bytes.wrap(Arrays.copyOf(key.shared(), key.size() + 1)));
    }

    boolean isSingle() {
        return end != null && end.size() == begin.size() + 1 && end.at(begin.size()) == 0 && end.startsWith(begin);
    }

    boolean isEmpty() {
        return end != null && end.compareTo(begin) <= 0;
    }

    public boolean holds(Bytes key) {
        return begin.compareTo(key) <= 0 && (end == null || key.compareTo(end) < 0);
    }

    @Override
    public int compareTo(KeyInterval other) {
        int order = begin.compareTo(other.begin);
        if (order != 0) {
            return order;
        }
        if (end == null || other.end == null) {
            return Boolean.compare(end == null, other.end == null);
        }
        return end.compareTo(other.end);
    }
}
