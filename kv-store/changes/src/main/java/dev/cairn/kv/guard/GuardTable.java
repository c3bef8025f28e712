package dev.cairn.kv.guard;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;

/**
 * All guards, and which of them decide on a key or a range. Spans of prefixes nest or are apart, so they fall into at most
 * 2n + 1 segments with one deciding guard each. A key is found in O(log n), a range in O(log n) and the segments it
 * touches; building takes O(n log n). Immutable.
 */
public final class GuardTable {
    private final NavigableMap<Bytes, Guard> byPrefix = new TreeMap<>();

    /** By its first key, who decides up to the next segment. */
    private final NavigableMap<Bytes, Optional<Guard>> segments = new TreeMap<>();

    /** Refuses, by {@link IllegalArgumentException}, two guards of one prefix. */
    public GuardTable(Collection<Guard> guards) {
        for (Guard guard : guards) {
            if (byPrefix.put(guard.prefix(), guard) != null) {
                throw new IllegalArgumentException("prefix " + guard.name() + " has two guards; keep one");
            }
        }
        segments.put(Bytes.EMPTY, Optional.empty());
        Deque<Guard> open = new ArrayDeque<>();
        for (Guard guard : byPrefix.values()) {
            closeUntil(guard.prefix(), open);
            open.push(guard);
            segments.put(guard.prefix(), Optional.of(guard));
        }
        while (!open.isEmpty()) {
            close(open);
        }
    }

    /** Where a span ends, the one around it decides again. */
    private void closeUntil(Bytes next, Deque<Guard> open) {
        while (!open.isEmpty() && !next.startsWith(open.element().prefix())) {
            close(open);
        }
    }

    private void close(Deque<Guard> open) {
        Optional<Bytes> end = KeySpan.prefix(open.pop().prefix()).until();
        end.ifPresent(key -> segments.put(key, Optional.ofNullable(open.peek())));
    }

    /** In the order of their prefixes. */
    public Collection<Guard> guards() {
        return Collections.unmodifiableCollection(byPrefix.values());
    }

    /** The guard that decides on {@code key}; nothing if it is open. */
    public Optional<Guard> deciding(Bytes key) {
        Map.Entry<Bytes, Optional<Guard>> segment = segments.floorEntry(key);
        return segment == null ? Optional.empty() : segment.getValue();
    }

    /** All guards that decide on some key of the span, whether the key exists or not. */
    public SequencedSet<Guard> deciding(KeySpan span) {
        SequencedSet<Guard> guards = new LinkedHashSet<>();
        if (span.isEmpty()) {
            return guards;
        }
        deciding(span.from()).ifPresent(guards::add);
        NavigableMap<Bytes, Optional<Guard>> touched = span.until()
                .map(until -> segments.subMap(span.from(), false, until, false))
                .orElseGet(() -> segments.tailMap(span.from(), false));
        touched.values().forEach(guard -> guard.ifPresent(guards::add));
        return guards;
    }
}
