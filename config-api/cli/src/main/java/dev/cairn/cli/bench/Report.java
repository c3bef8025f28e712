package dev.cairn.cli.bench;

import dev.cairn.genesis.json.Json;
import java.util.Formatter;
import java.util.Locale;
import java.util.Optional;

/** The result of a bench command, for people and for programs. */
record Report(String workload, Json.Fields settings, Outcome outcome) {
    static final String SCHEMA = "cairn-bench/1";

    /** What was measured; the deliveries are there for watches only. */
    record Outcome(LoadResult load, long warmupErrors, Optional<Deliveries> deliveries) {}

    /** Whether so few operations failed, and every promise about watches was kept. */
    boolean isGood(long maxErrors) {
        return outcome.load().failures() <= maxErrors
                && outcome.deliveries().map(Deliveries::isFaultless).orElse(true);
    }

    /** The fields that the help of {@link BenchCommand} describes, on one line. */
    String json(long maxErrors) {
        LoadResult load = outcome.load();
        Json.Builder json = Json.object()
                .put("schema", SCHEMA)
                .put("workload", workload)
                .put("ok", isGood(maxErrors))
                .put("settings", settings)
                .put("elapsedMicros", load.elapsedNanos() / 1_000)
                .put("successes", load.successes())
                .put("throughputPerSecond", Math.round(load.successesPerSecond()));
        load.latencies().forEach((kind, latencies) -> json.put(kind.label(), fields(latencies)));
        json.put("errorCount", load.failures()).put("warmupErrorCount", outcome.warmupErrors());
        Json.Builder errors = Json.object();
        load.errors()
                .forEach((code, count) -> errors.put(
                        code,
                        Json.object()
                                .put("count", count.count())
                                .put("first", count.first())
                                .build()));
        json.put("errors", errors.build());
        load.longestWriteGap()
                .ifPresent(gap -> json.put(
                        "longestWriteGap",
                        Json.object()
                                .put("startMicros", gap.startOffsetNanos() / 1_000)
                                .put("lengthMicros", gap.lengthNanos() / 1_000)
                                .build()));
        outcome.deliveries().ifPresent(deliveries -> json.put("watch", fields(deliveries)));
        return json.build().renderLine();
    }

    private static Json fields(Latencies latencies) {
        return Json.object()
                .put("count", latencies.count())
                .put("meanMicros", micros(latencies.meanMillis()))
                .put("p50Micros", micros(latencies.p50Millis()))
                .put("p90Micros", micros(latencies.p90Millis()))
                .put("p99Micros", micros(latencies.p99Millis()))
                .put("p999Micros", micros(latencies.p999Millis()))
                .put("maxMicros", micros(latencies.maxMillis()))
                .build();
    }

    private static Json fields(Deliveries deliveries) {
        return Json.object()
                .put("watchers", deliveries.watchers())
                .put("acknowledgedWrites", deliveries.acknowledgedWrites())
                .put("deliveries", deliveries.latencies().count())
                .put("deliveriesPerSecond", Math.round(deliveries.perSecond()))
                .put("lost", deliveries.lost())
                .put("duplicates", deliveries.duplicates())
                .put("outOfOrder", deliveries.outOfOrder())
                .put("delivery", fields(deliveries.latencies()))
                .build();
    }

    private static long micros(double millis) {
        return Math.round(1_000 * millis);
    }

    String text(long maxErrors) {
        LoadResult load = outcome.load();
        Formatter text = new Formatter(Locale.ROOT);
        text.format("workload     %s %s%n", workload, settings.renderLine());
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
