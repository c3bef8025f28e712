package dev.cairn.kv.guard;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What decides on a key or a range: of all guards and open prefixes the one with the longest prefix, and where there is none
 * the registry's guard. Spans of prefixes nest or are apart, so they fall into at most 2n + 1 segments with one ruling each.
 * A key is found in O(log n), a range in O(log n) and the segments it touches; building takes O(n log n). Immutable.
 */
public final class GuardTable {
    private final Optional<Guard> registryGuard;
    private final NavigableMap<Bytes, Ruling> byPrefix = new TreeMap<>();

    /** By its first key, what decides up to the next segment. */
    private final NavigableMap<Bytes, Ruling> segments = new TreeMap<>();

    /**
     * Refuses, by {@link IllegalArgumentException}, two rules for one prefix.
     *
     * @param registryGuard the guard of last resort
     * @param guards those on prefixes
     */
    public GuardTable(Optional<Guard> registryGuard, Collection<Guard> guards, Collection<Bytes> openPrefixes) {
        this.registryGuard = registryGuard;
        for (Guard guard : guards) {
            if (!(guard.scope() instanceof Scope.OfPrefix(Bytes prefix))) {
                throw new IllegalArgumentException(
                        "the guard on " + guard.scope().name() + " is on no prefix");
            }
            rule(prefix, new Ruling.Guarded(guard));
        }
        openPrefixes.forEach(prefix -> rule(prefix, new Ruling.Open()));
        cutIntoSegments();
    }

    private void rule(Bytes prefix, Ruling ruling) {
        Scope scope = new Scope.OfPrefix(prefix);
        if (byPrefix.put(prefix, ruling) != null) {
            throw new IllegalArgumentException("prefix " + scope.name() + " has two rules; keep one of them");
        }
    }

    private void cutIntoSegments() {
        Ruling lastResort = lastResort();
        segments.put(Bytes.EMPTY, lastResort);
        Deque<Bytes> around = new ArrayDeque<>();
        byPrefix.forEach((prefix, ruling) -> {
            while (!around.isEmpty() && !prefix.startsWith(around.element())) {
                close(around, lastResort);
            }
            around.push(prefix);
            segments.put(prefix, ruling);
        });
        while (!around.isEmpty()) {
            close(around, lastResort);
        }
    }

    /** Where a span ends, the one around it decides again. */
    private void close(Deque<Bytes> around, Ruling lastResort) {
        Optional<Bytes> end = KeySpan.prefix(around.pop()).until();
        Ruling next = around.isEmpty() ? lastResort : byPrefix.get(around.element());
        end.ifPresent(key -> segments.put(key, next));
    }

    /** The guard of last resort, which also decides on everything but keys. */
    public Optional<Guard> registryGuard() {
        return registryGuard;
    }

    /** What decides where no prefix does. */
    Ruling lastResort() {
        return registryGuard.<Ruling>map(Ruling.Guarded::new).orElseGet(Ruling.Closed::new);
    }

    /** What was laid down for each prefix, {@link Ruling.Open} or {@link Ruling.Guarded}, in their order. */
    public NavigableMap<Bytes, Ruling> byPrefix() {
        return Collections.unmodifiableNavigableMap(byPrefix);
    }

    public Ruling ruling(Bytes key) {
        return segments.floorEntry(key).getValue();
    }

    /** All that decides on some key of the span, whether the key exists or not. */
    public SequencedSet<Ruling> rulings(KeySpan span) {
        SequencedSet<Ruling> rulings = new LinkedHashSet<>();
        if (!span.isEmpty()) {
            rulings.add(ruling(span.from()));
            rulings.addAll(behindTheFirst(span).values());
        }
        return rulings;
    }

    /** Whether every key of the span may be written without signatures. */
    public boolean isOpen(KeySpan span) {
        return span.isSingle()
                ? ruling(span.from()) instanceof Ruling.Open
                : firstNotOpen(span).isEmpty();
    }

    /** What decides on the first keys of the span that are not open; nothing if all are. */
    public Optional<Ruling> firstNotOpen(KeySpan span) {
        if (span.isEmpty()) {
            return Optional.empty();
        }
        Ruling first = ruling(span.from());
        return first instanceof Ruling.Open
                ? behindTheFirst(span).values().stream()
                        .filter(ruling -> !(ruling instanceof Ruling.Open))
                        .findFirst()
                : Optional.of(first);
    }

    private NavigableMap<Bytes, Ruling> behindTheFirst(KeySpan span) {
        return span.until()
                .map(until -> segments.subMap(span.from(), false, until, false))
                .orElseGet(() -> segments.tailMap(span.from(), false));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof GuardTable that
                && registryGuard.equals(that.registryGuard)
                && byPrefix.equals(that.byPrefix);
    }

    @Override
    public int hashCode() {
        return byPrefix.hashCode();
    }
}
