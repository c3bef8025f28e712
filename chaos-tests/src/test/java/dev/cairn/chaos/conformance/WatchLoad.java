package dev.cairn.chaos.conformance;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.locks.LockSupport;

/**
 * Watchers of one prefix, each on a stream of its own, and puts at a steady rate whose values say when they were meant to
 * leave: so a put that was held up counts with the time it waited.
 */
final class WatchLoad implements AutoCloseable {
    private static final int CONNECTIONS = 8;
    private static final String PREFIX = "figures/";
    private static final int KEYS = 100;
    private static final int VALUE_BYTES = 64;
    private static final long BUCKET_NANOS = 100_000;
    private static final int BUCKETS = 200_000;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final List<ManagedChannel> channels = new ArrayList<>();
    private final List<StreamObserver<WatchRequest>> watchers = new ArrayList<>();
    private final AtomicInteger created = new AtomicInteger();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLongArray buckets = new AtomicLongArray(BUCKETS);

    /** Latencies are from the time a put was due. */
    record Result(long expected, long delivered, double p50Millis, double p99Millis, double maxMillis, int failedPuts) {
        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%d of %d events, p50 %.1f ms, p99 %.1f ms, max %.1f ms, %d puts failed",
                    delivered,
                    expected,
                    p50Millis,
                    p99Millis,
                    maxMillis,
                    failedPuts);
        }
    }

    WatchLoad(String target) {
        for (int i = 0; i <= CONNECTIONS; i++) {
            channels.add(NettyChannelBuilder.forTarget(target)
                    .usePlaintext()
                    .directExecutor()
                    .build());
        }
    }

    /** Returns when all watch. */
    void watch(int count) {
        for (int i = 0; i < count; i++) {
            StreamObserver<WatchRequest> requests =
                    WatchGrpc.newStub(channels.get(i % CONNECTIONS)).watch(new Watcher());
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8(PREFIX))
                            .setRangeEnd(ByteString.copyFromUtf8("figures0")))
                    .build());
            watchers.add(requests);
        }
        await("all watch", () -> created.get() >= count);
    }

    /** Puts, and waits until all is delivered or no more comes. */
    Result put(int perSecond, Duration length) throws InterruptedException {
        events.set(0);
        for (int i = 0; i < BUCKETS; i++) {
            buckets.set(i, 0);
        }
        int puts = (int) (perSecond * length.toSeconds());
        Semaphore answers = new Semaphore(0);
        AtomicInteger failedPuts = new AtomicInteger();
        KVGrpc.KVStub kv = KVGrpc.newStub(channels.getLast());
        long begun = System.nanoTime();
        for (int i = 0; i < puts; i++) {
            long due = begun + TimeUnit.SECONDS.toNanos(1) * i / perSecond;
            while (System.nanoTime() < due) {
                LockSupport.parkNanos(due - System.nanoTime());
            }
            kv.put(request(i, due), new PutAnswer(answers, failedPuts));
        }
        answers.acquire(puts);
        long expected = (long) (puts - failedPuts.get()) * watchers.size();
        long seen = -1;
        while (events.get() < expected && events.get() != seen) {
            seen = events.get();
            TimeUnit.SECONDS.sleep(3);
        }
        return new Result(expected, events.get(), at(0.5), at(0.99), at(1), failedPuts.get());
    }

    private static PutRequest request(int number, long due) {
        ByteBuffer value = ByteBuffer.allocate(VALUE_BYTES).putLong(0, due);
        return PutRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8(PREFIX + number % KEYS))
                .setValue(ByteString.copyFrom(value))
                .build();
    }

    private double at(double share) {
        long wanted = (long) Math.ceil(share * events.get());
        long passed = 0;
        for (int i = 0; i < BUCKETS; i++) {
            passed += buckets.get(i);
            if (passed >= wanted) {
                return (i + 1) * BUCKET_NANOS / 1e6;
            }
        }
        return Double.POSITIVE_INFINITY;
    }

    int failures() {
        return failures.get();
    }

    private static void await(String what, java.util.function.BooleanSupplier condition) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not in time: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
        }
    }

    private record PutAnswer(Semaphore answers, AtomicInteger failed) implements StreamObserver<PutResponse> {
        @Override
        public void onNext(PutResponse response) {}

        @Override
        public void onError(Throwable failure) {
            failed.incrementAndGet();
            answers.release();
        }

        @Override
        public void onCompleted() {
            answers.release();
        }
    }

    private final class Watcher implements StreamObserver<WatchResponse> {
        @Override
        public void onNext(WatchResponse response) {
            if (response.getCreated()) {
                created.incrementAndGet();
            }
            long now = System.nanoTime();
            for (Event event : response.getEventsList()) {
                long due = event.getKv().getValue().asReadOnlyByteBuffer().getLong();
                buckets.incrementAndGet(Math.clamp((now - due) / BUCKET_NANOS, 0, BUCKETS - 1));
                events.incrementAndGet();
            }
        }

        @Override
        public void onError(Throwable failure) {
            failures.incrementAndGet();
        }

        @Override
        public void onCompleted() {
            failures.incrementAndGet();
        }
    }

    @Override
    public void close() {
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
