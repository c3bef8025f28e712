package dev.cairn.cli.bench;

import dev.cairn.genesis.json.Json;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeoutException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Watches and a paced writer: how late events arrive, and whether each arrives once and in order. */
@Command(name = "watch", description = "Watches a prefix many times over while writing to it at a steady rate.")
final class WatchCommand extends Workload {
    private static final long MOST_WRITES = 10_000_000;
    private static final long MOST_EVENTS = 1_000_000_000;

    @Option(
            names = "--watchers",
            paramLabel = "N",
            defaultValue = "100",
            description = "Watches on the prefix. Default: ${DEFAULT-VALUE}.")
    int watchers;

    @Option(
            names = "--watchers-per-stream",
            paramLabel = "N",
            defaultValue = "100",
            description = "Watches that share a gRPC stream. Default: ${DEFAULT-VALUE}.")
    int watchersPerStream;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "100",
            description = "Writes in a second; 0 for as many as possible. Default: ${DEFAULT-VALUE}.")
    int ratePerSecond;

    @Option(
            names = "--drain",
            paramLabel = "TIME",
            defaultValue = "10s",
            converter = NanosConverter.class,
            description = "How long to wait for the last events after the last write. Default: ${DEFAULT-VALUE}.")
    long drainNanos;

    @Override
    String name() {
        return "watch";
    }

    @Override
    int ratePerSecond() {
        return ratePerSecond;
    }

    @Override
    void check() {
        keys.keys(load.seed);
        if (watchers < 1 || watchersPerStream < 1) {
            throw new IllegalArgumentException("at least one watcher, and one watcher in a stream, are needed");
        }
        if (keys.valueSizeBytes < Stamp.BYTES) {
            throw new IllegalArgumentException("--value-size must be at least " + Stamp.BYTES);
        }
        long writes = load.measured(ratePerSecond).mostOperations();
        if (writes != Long.MAX_VALUE && (writes > MOST_WRITES || writes > MOST_EVENTS / watchers)) {
            throw new IllegalArgumentException(
                    "too many events to check each: at most " + MOST_WRITES + " writes and " + MOST_EVENTS + " events");
        }
    }

    @Override
    Report.Outcome run(Stage stage) throws InterruptedException, TimeoutException {
        KeySpace space = keys.keys(load.seed);
        try (Audience audience = Audience.open(
                stage.connections().reachable(),
                space.prefix(),
                space.prefixEnd(),
                watchers,
                watchersPerStream,
                stage.clock())) {
            if (!audience.isCreated(target.dialTimeoutNanos)) {
                audience.errors().add("FAILED_PRECONDITION", "not every watch was created in time");
                LoadResult nothing =
                        new LoadResult(new TreeMap<>(), audience.errors().snapshot(), 0, Optional.empty());
                return new Report.Outcome(nothing, 0, Optional.empty());
            }
            SplittableRandom phaseIds = new SplittableRandom();
            long warmupErrors = 0;
            if (!load.warmup.isNone()) {
                StampedPuts puts = new StampedPuts(space, phaseIds.nextLong(), stage.clock(), target.timeoutNanos);
                warmupErrors = write(stage, audience, "warm-up", load.warming(ratePerSecond), puts)
                        .failures();
            }
            StampedPuts puts = new StampedPuts(space, phaseIds.nextLong(), stage.clock(), target.timeoutNanos);
            LoadResult written = write(stage, audience, "measured", load.measured(ratePerSecond), puts);
            Deliveries deliveries = audience.deliveries(puts.acknowledged(), written.elapsedNanos());
            return new Report.Outcome(written.withErrors(audience.errors()), warmupErrors, Optional.of(deliveries));
        }
    }

    /** Writes one phase to its end, and gives the watchers time to see all of it. */
    private LoadResult write(Stage stage, Audience audience, String phase, Load pushed, StampedPuts puts)
            throws InterruptedException, TimeoutException {
        Bound countable = new Bound(Math.min(MOST_WRITES, MOST_EVENTS / watchers), Bound.LONGEST_NANOS);
        Load bounded = new Load(pushed.inFlight(), pushed.bound().and(countable), pushed.ratePerSecond());
        audience.begin(puts.phase());
        LoadResult written = stage.push(phase, bounded, puts, target.timeoutNanos);
        if (puts.writeEnd(stage.connections().reachable())) {
            audience.awaitEnd(drainNanos);
        } else {
            stage.err().println("cairn: the end of the " + phase + " could not be written; late events count as lost");
        }
        return written;
    }

    @Override
    void addSettings(Json.Builder settings) {
        settings.put("watchers", watchers).put("watchersPerStream", watchersPerStream);
    }
}
