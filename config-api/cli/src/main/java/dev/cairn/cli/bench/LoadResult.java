package dev.cairn.cli.bench;

import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a load came to.
 *
 * @param latencies of the successful operations, by kind; failures have none
 * @param errors failed operations by status code
 * @param elapsedNanos from the first start to the last outcome
 * @param longestWriteGap absent where the load had no writes
 */
record LoadResult(
        SortedMap<Operations.Kind, Latencies> latencies,
        SortedMap<String, Errors.Count> errors,
        long elapsedNanos,
        Optional<WriteGaps.Gap> longestWriteGap) {
    long successes() {
        return latencies.values().stream().mapToLong(Latencies::count).sum();
    }

    long failures() {
        return Errors.total(errors);
    }

    double successesPerSecond() {
        return elapsedNanos == 0 ? 0 : successes() * 1e9 / elapsedNanos;
    }

    /** The same with errors of another source added. */
    LoadResult withErrors(Errors others) {
        SortedMap<String, Errors.Count> all = new TreeMap<>(errors);
        others.snapshot()
                .forEach((code, count) -> all.merge(
                        code, count, (mine, other) -> new Errors.Count(mine.count() + other.count(), mine.first())));
        return new LoadResult(latencies, all, elapsedNanos, longestWriteGap);
    }
}
