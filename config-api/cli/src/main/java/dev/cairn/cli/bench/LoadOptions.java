package dev.cairn.cli.bench;

import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Option;

/** How hard and how long to push, and how to tell about it. */
final class LoadOptions {
    private static final long DEFAULT_NANOS = TimeUnit.SECONDS.toNanos(10);

    @Option(
            names = "--clients",
            paramLabel = "N",
            defaultValue = "100",
            description = "Operations in flight, at most. Default: ${DEFAULT-VALUE}.")
    int clients;

    @Option(
            names = "--total",
            paramLabel = "N",
            description = "End after so many operations (and after 10 minutes at the latest, or after --duration).")
    long total;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            defaultValue = "0s",
            converter = NanosConverter.class,
            description = "End after this time, such as 500ms, 10s or 2m. Default: 10s, where --total is not given.")
    long durationNanos;

    @Option(
            names = "--warmup",
            paramLabel = "TIME|N",
            defaultValue = "3s",
            converter = BoundConverter.class,
            description = "Push the same load for this time, or so many operations, before the measurement; 0 for none."
                    + " Default: ${DEFAULT-VALUE}.")
    Bound warmup = Bound.NONE;

    @Option(
            names = "--max-errors",
            paramLabel = "N",
            defaultValue = "0",
            description = "Exit with 1 when more operations failed. Default: ${DEFAULT-VALUE}.")
    long maxErrors;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "The same seed gives the same keys and values. Default: ${DEFAULT-VALUE}.")
    long seed;

    @Option(names = "--json", description = "Print the result as one JSON object; see the help of bench.")
    boolean json;

    Load measured(int ratePerSecond) {
        return new Load(clients, bound(), ratePerSecond);
    }

    Load warming(int ratePerSecond) {
        return new Load(clients, warmup, ratePerSecond);
    }

    /** Refuses numbers that make no sense, by an IllegalArgumentException. */
    void check() {
        if (total < 0) {
            throw new IllegalArgumentException("--total cannot be negative");
        }
        if (maxErrors < 0) {
            throw new IllegalArgumentException("--max-errors cannot be negative");
        }
    }

    private Bound bound() {
        if (total > 0 && durationNanos > 0) {
            return new Bound(total, durationNanos);
        }
        return total > 0 ? Bound.ofOperations(total) : Bound.ofNanos(durationNanos > 0 ? durationNanos : DEFAULT_NANOS);
    }
}
