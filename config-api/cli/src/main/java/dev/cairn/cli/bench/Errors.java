package dev.cairn.cli.bench;

import io.grpc.Status;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** Failed operations by status code, each with the first text seen; any thread may add. */
final class Errors {
    private final SortedMap<String, Count> byCode = new TreeMap<>();

    /** How often a code was seen, and what the first failure said. */
    record Count(long count, String first) {
        Count another() {
            return new Count(count + 1, first);
        }
    }

    synchronized void add(Throwable failure) {
        Status status = Status.fromThrowable(failure);
        String description = status.getDescription();
        add(status.getCode().name(), description == null ? failure.toString() : description);
    }

    synchronized void add(String code, String description) {
        Count known = byCode.get(code);
        byCode.put(code, known == null ? new Count(1, description) : known.another());
    }

    synchronized long total() {
        return byCode.values().stream().mapToLong(Count::count).sum();
    }

    synchronized SortedMap<String, Count> snapshot() {
        return Collections.unmodifiableSortedMap(new TreeMap<>(byCode));
    }

    static long total(Map<String, Count> counts) {
        return counts.values().stream().mapToLong(Count::count).sum();
    }
}
