package dev.cairn.protocol;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/** What of a state is not here yet: a set of intervals of places that do not meet. */
final class MissingParts {

    /** {@code [from, until)}; nothing in {@code until}: to the end. */
    record Part(Bytes from, Optional<Bytes> until) {
        boolean meets(Part other) {
            return reaches(until, other.from) && reaches(other.until, from);
        }

        private static boolean reaches(Optional<Bytes> until, Bytes place) {
            return until.map(end -> place.compareTo(end) < 0).orElse(true);
        }
    }

    private final NavigableMap<Bytes, Part> parts = new TreeMap<>();

    /** All is missing. {@code splits} are a stranger's hints: what is not ascending is passed over. */
    MissingParts(List<Bytes> splits) {
        Bytes from = Bytes.EMPTY;
        for (Bytes split : splits) {
            if (split.compareTo(from) > 0) {
                add(from, Optional.of(split));
                from = split;
            }
        }
        add(from, Optional.empty());
    }

    boolean isEmpty() {
        return parts.isEmpty();
    }

    /** The lowest missing part that {@code suits}. */
    Optional<Part> first(Predicate<Part> suits) {
        return parts.values().stream().filter(suits).findFirst();
    }

    /** All of {@code [from, next)} is here now; nothing in {@code next}: to the end. */
    void remove(Bytes from, Optional<Bytes> next) {
        Part here = new Part(from, next);
        for (Part part : new ArrayList<>(parts.values())) {
            if (part.meets(here)) {
                parts.remove(part.from());
                if (part.from().compareTo(from) < 0) {
                    add(part.from(), Optional.of(from));
                }
                next.filter(end -> part.until().map(u -> end.compareTo(u) < 0).orElse(true))
                        .ifPresent(end -> add(end, part.until()));
            }
        }
    }

    private void add(Bytes from, Optional<Bytes> until) {
        parts.put(from, new Part(from, until));
    }
}
