package dev.cairn.cli.bench;

import java.util.Formatter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The result of a bench command, for people and for programs. */
record Report(String workload, Map<String, Object> settings, Outcome outcome) {
    static final String SCHEMA = "cairn-bench/1";

    /** What was measured; the deliveries are there for watches only. */
    record Outcome(LoadResult load, long warmupErrors, Optional<Deliveries> deliveries) {}

    /** Whether so few operations failed, and every promise about watches was kept. */
    boolean isGood(long maxErrors) {
        return outcome.load().failures() <= maxErrors
                && outcome.deliveries().map(Deliveries::isFaultless).orElse(true);
    }

    String json(long maxErrors) {
        LoadResult load = outcome.load();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("schema", SCHEMA);
        json.put("workload", workload);
        json.put("ok", isGood(maxErrors));
        json.put("settings", settings);
        json.put("elapsedSeconds", load.elapsedNanos() / 1e9);
        json.put("successes", load.successes());
        json.put("throughputPerSecond", load.successesPerSecond());
        load.latencies().forEach((kind, latencies) -> json.put(kind.label(), fields(latencies)));
        json.put("errorCount", load.failures());
        json.put("warmupErrorCount", outcome.warmupErrors());
        Map<String, Object> errors = new TreeMap<>();
        load.errors()
                .forEach((code, count) -> errors.put(code, Map.of("count", count.count(), "first", count.first())));
        json.put("errors", errors);
        load.longestWriteGap()
                .ifPresent(gap -> json.put(
                        "longestWriteGap",
                        ordered(
                                "startSeconds", gap.startOffsetNanos() / 1e9,
                                "lengthMillis", gap.lengthNanos() / 1e6)));
        outcome.deliveries().ifPresent(deliveries -> json.put("watch", fields(deliveries)));
        return Json.of(json);
    }

    private static Map<String, Object> fields(Latencies latencies) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("count", latencies.count());
        fields.put("meanMillis", latencies.meanMillis());
        fields.put("p50Millis", latencies.p50Millis());
        fields.put("p90Millis", latencies.p90Millis());
        fields.put("p99Millis", latencies.p99Millis());
        fields.put("p999Millis", latencies.p999Millis());
        fields.put("maxMillis", latencies.maxMillis());
        return fields;
    }

    private static Map<String, Object> fields(Deliveries deliveries) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("watchers", deliveries.watchers());
        fields.put("acknowledgedWrites", deliveries.acknowledgedWrites());
        fields.put("deliveries", deliveries.latencies().count());
        fields.put("deliveriesPerSecond", deliveries.perSecond());
        fields.put("lost", deliveries.lost());
        fields.put("duplicates", deliveries.duplicates());
        fields.put("outOfOrder", deliveries.outOfOrder());
        fields.put("delivery", fields(deliveries.latencies()));
        return fields;
    }

    private static Map<String, Object> ordered(String first, Object one, String second, Object two) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put(first, one);
        map.put(second, two);
        return map;
    }

    String text(long maxErrors) {
        LoadResult load = outcome.load();
        Formatter text = new Formatter(Locale.ROOT);
        text.format("workload     %s %s%n", workload, settings);
        text.format(
                "throughput   %.1f/s (%d in %.2f s)%n",
                load.successesPerSecond(), load.successes(), load.elapsedNanos() / 1e9);
        load.latencies().forEach((kind, latencies) -> format(text, kind.label(), latencies));
        load.longestWriteGap()
                .ifPresent(gap -> text.format(
                        "write gap    %.1f ms at the longest, %.2f s after the start%n",
                        gap.lengthNanos() / 1e6, gap.startOffsetNanos() / 1e9));
        outcome.deliveries().ifPresent(deliveries -> format(text, deliveries));
        text.format(
                "errors       %d (%d allowed; %d more in the warm-up)%n",
                load.failures(), maxErrors, outcome.warmupErrors());
        load.errors().forEach((code, count) -> text.format("  %s %d, first: %s%n", code, count.count(), count.first()));
        return text.toString().stripTrailing();
    }

    private static void format(Formatter text, Deliveries deliveries) {
        text.format(
                "watch        %d watchers, %d writes acknowledged, %.1f events/s%n",
                deliveries.watchers(), deliveries.acknowledgedWrites(), deliveries.perSecond());
        format(text, "delivery", deliveries.latencies());
        text.format(
                "faults       %d lost, %d duplicate, %d out of order%n",
                deliveries.lost(), deliveries.duplicates(), deliveries.outOfOrder());
    }

    private static void format(Formatter text, String name, Latencies latencies) {
        text.format(
                "%-12s p50 %.2f ms, p99 %.2f ms, p99.9 %.2f ms, max %.2f ms, mean %.2f ms (%d)%n",
                name,
                latencies.p50Millis(),
                latencies.p99Millis(),
                latencies.p999Millis(),
                latencies.maxMillis(),
                latencies.meanMillis(),
                latencies.count());
    }
}
