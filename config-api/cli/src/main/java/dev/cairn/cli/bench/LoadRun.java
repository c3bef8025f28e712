package dev.cairn.cli.bench;

import dev.cairn.cli.bench.Operations.Kind;
import io.grpc.Channel;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/**
 * One load on its way through a set of connections, and its measurement.
 *
 * <p>It is carried by as many {@link LoadClient}s as operations may be in flight, spread evenly over the connections; each
 * starts its next operation from the callback of the one before. Operations are numbered in the order they are started.
 */
final class LoadRun {
    /** What {@link #claim} answers when no operation is left. */
    static final long NONE_LEFT = -1;

    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(10);

    final Operations operations;

    private final Load load;
    private final List<Channel> connections;
    private final BenchClock clock;
    private final long startNanos;
    private final AtomicLong nextIndex = new AtomicLong();
    private final Map<Kind, LatencyRecorder> recorders = new EnumMap<>(Kind.class);
    private final Errors errors = new Errors();
    private final WriteGaps gaps;
    private final CountDownLatch busyClients;
    private volatile boolean hasWrites;
    private volatile long endNanos;

    private LoadRun(Load load, Operations operations, List<? extends Channel> connections, BenchClock clock) {
        this.load = load;
        this.operations = operations;
        this.connections = List.copyOf(connections);
        this.clock = clock;
        this.startNanos = clock.nanoTime();
        this.gaps = new WriteGaps(startNanos);
        this.busyClients = new CountDownLatch(load.inFlight());
        for (Kind kind : Kind.values()) {
            recorders.put(kind, new LatencyRecorder());
        }
    }

    static LoadRun start(Load load, Operations operations, List<? extends Channel> connections, BenchClock clock) {
        LoadRun run = new LoadRun(load, operations, connections, clock);
        for (int client = 0; client < load.inFlight(); client++) {
            new LoadClient(run, clock, client).advance();
        }
        return run;
    }

    /**
     * Waits for the end, reporting each second.
     *
     * @param timeoutNanos how long an operation may take; what is still under way long after the bound and that is a fault of
     *     the program, and ends the wait
     */
    LoadResult await(long timeoutNanos, Progress progress) throws InterruptedException, TimeoutException {
        long giveUpNanos = System.nanoTime() + load.bound().maxNanos() + 2 * timeoutNanos + GRACE_NANOS;
        while (!busyClients.await(1, TimeUnit.SECONDS)) {
            progress.report(clock.nanoTime() - startNanos, latencies(LatencyRecorder::sinceLast), errors.total());
            if (System.nanoTime() - giveUpNanos > 0) {
                throw new TimeoutException(busyClients.getCount() + " operations did not end by their timeout");
            }
        }
        return new LoadResult(
                latencies(LatencyRecorder::all),
                errors.snapshot(),
                endNanos - startNanos,
                hasWrites ? Optional.of(gaps.longest(endNanos)) : Optional.empty());
    }

    /** The number of the next operation, whose turn the caller then has to take, or {@link #NONE_LEFT}. */
    long claim() {
        long index = nextIndex.getAndIncrement();
        long latest = Math.max(clock.nanoTime() - startNanos, load.dueNanos(index));
        return index < load.bound().maxOperations() && latest < load.bound().maxNanos() ? index : NONE_LEFT;
    }

    /** When the operation is due: in the past, unless the load is paced and ahead of its pace. */
    long dueNanos(long index) {
        return load.isPaced() ? startNanos + load.dueNanos(index) : clock.nanoTime();
    }

    Channel connection(int number) {
        return connections.get(Math.floorMod(number, connections.size()));
    }

    void started(Kind kind) {
        if (kind == Kind.PUT && !hasWrites) {
            hasWrites = true;
        }
    }

    void succeeded(Kind kind, long dueNanos) {
        long nowNanos = clock.nanoTime();
        recorder(kind).record(nowNanos - dueNanos);
        if (kind == Kind.PUT) {
            gaps.succeeded(nowNanos);
        }
    }

    void failed(Throwable failure) {
        errors.add(failure);
    }

    void clientIsDone() {
        endNanos = clock.nanoTime();
        busyClients.countDown();
    }

    private LatencyRecorder recorder(Kind kind) {
        LatencyRecorder recorder = recorders.get(kind);
        if (recorder == null) {
            throw new IllegalStateException("no recorder for " + kind);
        }
        return recorder;
    }

    private SortedMap<Kind, Latencies> latencies(Function<LatencyRecorder, Latencies> read) {
        SortedMap<Kind, Latencies> latencies = new TreeMap<>();
        recorders.forEach((kind, recorder) -> {
            Latencies some = read.apply(recorder);
            if (some.count() > 0) {
                latencies.put(kind, some);
            }
        });
        return Collections.unmodifiableSortedMap(latencies);
    }
}
