package dev.cairn.kv.auth;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** The keys of some spans together, held as spans that neither overlap nor touch, in order. */
public final class SpanSet {
    private final List<KeySpan> spans;

    private SpanSet(List<KeySpan> spans) {
        this.spans = List.copyOf(spans);
    }

    public static SpanSet of(List<KeySpan> parts) {
        List<KeySpan> sorted = parts.stream()
                .filter(span -> !span.isEmpty())
                .sorted(Comparator.comparing(KeySpan::from))
                .toList();
        List<KeySpan> merged = new ArrayList<>();
        for (KeySpan next : sorted) {
            if (!merged.isEmpty() && reaches(merged.getLast(), next.from())) {
                KeySpan last = merged.removeLast();
                merged.add(new KeySpan(last.from(), later(last.until(), next.until())));
            } else {
                merged.add(next);
            }
        }
        return new SpanSet(merged);
    }

    private static boolean reaches(KeySpan span, Bytes key) {
        return span.until().map(until -> until.compareTo(key) >= 0).orElse(true);
    }

    private static Optional<Bytes> later(Optional<Bytes> one, Optional<Bytes> other) {
        if (one.isEmpty() || other.isEmpty()) {
            return Optional.empty();
        }
        return one.get().compareTo(other.get()) >= 0 ? one : other;
    }

    /** Whether every key of the span is among these. An empty span is taken for the key that it begins with. */
    public boolean covers(KeySpan span) {
        KeySpan asked = span.isEmpty() ? KeySpan.single(span.from()) : span;
        int at = lastFrom(asked.from());
        return at >= 0
                && spans.get(at).contains(asked.from())
                && spans.get(at)
                        .until()
                        .map(end -> asked.until()
                                .map(until -> until.compareTo(end) <= 0)
                                .orElse(false))
                        .orElse(true);
    }

    /** The span that holds the key, if one does. */
    public Optional<KeySpan> around(Bytes key) {
        int at = lastFrom(key);
        return at >= 0 && spans.get(at).contains(key) ? Optional.of(spans.get(at)) : Optional.empty();
    }

    /** The index of the last span that begins at or before {@code key}; -1 if none does. */
    private int lastFrom(Bytes key) {
        int low = 0;
        int high = spans.size() - 1;
        while (low <= high) {
            int middle = (low + high) >>> 1;
            if (spans.get(middle).from().compareTo(key) <= 0) {
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        return high;
    }
}
