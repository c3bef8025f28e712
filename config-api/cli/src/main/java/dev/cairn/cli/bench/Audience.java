package dev.cairn.cli.bench;

import com.google.protobuf.ByteString;
import dev.cairn.proto.mvccpb.Event;
import io.grpc.Channel;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** All watchers of one prefix, and what they have seen. */
final class Audience implements AutoCloseable {
    private final List<Watcher> watchers = new ArrayList<>();
    private final List<WatchStream> streams = new ArrayList<>();
    private final CountDownLatch created;
    private final BenchClock clock;
    private final Errors errors = new Errors();
    private volatile Phase phase;

    /** The writes that count at present. */
    private record Phase(long id, LatencyRecorder latencies, CountDownLatch watchersLeft) {}

    private Audience(int size, BenchClock clock) {
        this.clock = clock;
        this.created = new CountDownLatch(size);
        this.phase = new Phase(0, new LatencyRecorder(), new CountDownLatch(size));
        for (int i = 0; i < size; i++) {
            watchers.add(new Watcher());
        }
    }

    /** Opens the watches on streams dealt to the connections in turn. */
    static Audience open(
            List<? extends Channel> connections,
            ByteString prefix,
            ByteString prefixEnd,
            int size,
            int perStream,
            BenchClock clock) {
        Audience audience = new Audience(size, clock);
        for (int first = 0; first < size; first += perStream) {
            List<Watcher> some = audience.watchers.subList(first, Math.min(size, first + perStream));
            Channel connection = connections.get(audience.streams.size() % connections.size());
            audience.streams.add(WatchStream.open(connection, prefix, prefixEnd, some, audience));
        }
        return audience;
    }

    /** Whether every watch was created within the time; why not is among the {@link #errors}. */
    boolean isCreated(long timeoutNanos) throws InterruptedException {
        return created.await(timeoutNanos, TimeUnit.NANOSECONDS) && errors.total() == 0;
    }

    Errors errors() {
        return errors;
    }

    int size() {
        return watchers.size();
    }

    /** From here on, writes stamped with this id count. */
    void begin(long phaseId) {
        watchers.forEach(Watcher::beginPhase);
        phase = new Phase(phaseId, new LatencyRecorder(), new CountDownLatch(watchers.size()));
    }

    /** Waits until every watcher has seen the end of the phase, or can see nothing more. */
    void awaitEnd(long timeoutNanos) throws InterruptedException {
        phase.watchersLeft().await(timeoutNanos, TimeUnit.NANOSECONDS);
    }

    Deliveries deliveries(BitSet acknowledged, long elapsedNanos) {
        Latencies latencies = phase.latencies().all();
        return new Deliveries(
                watchers.size(),
                acknowledged.cardinality(),
                watchers.stream()
                        .mapToLong(watcher -> watcher.missing(acknowledged))
                        .sum(),
                watchers.stream().mapToLong(Watcher::duplicates).sum(),
                watchers.stream().mapToLong(Watcher::outOfOrder).sum(),
                latencies,
                elapsedNanos == 0 ? 0 : latencies.count() * 1e9 / elapsedNanos);
    }

    @Override
    public void close() {
        streams.forEach(WatchStream::close);
    }

    void created() {
        created.countDown();
    }

    /** A watch that was refused, cancelled or cut off. */
    void broke(Watcher watcher) {
        created.countDown();
        endPhase(watcher, phase);
    }

    void delivered(Watcher watcher, Event event) {
        long nowNanos = clock.nanoTime();
        Phase current = phase;
        watcher.checkOrder(event.getKv().getModRevision());
        Stamp.in(event.getKv().getValue())
                .filter(stamp -> stamp.phase() == current.id())
                .ifPresent(stamp -> {
                    if (stamp.index() == Stamp.END) {
                        endPhase(watcher, current);
                    } else if (watcher.see(Math.toIntExact(stamp.index()))) {
                        current.latencies().record(nowNanos - stamp.sentNanos());
                    }
                });
    }

    private static void endPhase(Watcher watcher, Phase current) {
        if (watcher.endPhase()) {
            current.watchersLeft().countDown();
        }
    }
}
