package dev.cairn.chaos.real;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * An open loop: puts fall due at a fixed rate, in turn through each endpoint, whether or not earlier ones were answered.
 * Knows the longest time from one acknowledgement to the next.
 */
final class PacedWriter implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 5;

    private final List<ManagedChannel> channels;
    private final long intervalNanos;
    private final Thread thread;
    private final AtomicLong acknowledged = new AtomicLong();
    private long lastNanos = System.nanoTime();
    private long longestGapNanos;
    private volatile boolean stopping;

    PacedWriter(List<HostPort> endpoints, int perSecond) {
        channels = endpoints.stream()
                .map(endpoint -> NettyChannelBuilder.forAddress(endpoint.toSocketAddress())
                        .usePlaintext()
                        .build())
                .toList();
        intervalNanos = TimeUnit.SECONDS.toNanos(1) / perSecond;
        thread = Thread.ofPlatform().name("paced-writer").daemon().start(this::write);
    }

    private void write() {
        List<KVGrpc.KVStub> stubs = channels.stream().map(KVGrpc::newStub).toList();
        long startNanos = System.nanoTime();
        for (int i = 0; !stopping; i++) {
            LockSupport.parkNanos(startNanos + i * intervalNanos - System.nanoTime());
            stubs.get(i % stubs.size())
                    .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS)
                    .put(
                            PutRequest.newBuilder()
                                    .setKey(EtcdCalls.bytes("paced/" + i % 1000))
                                    .setValue(EtcdCalls.bytes("value " + i))
                                    .build(),
                            new Acknowledgement());
        }
    }

    private final class Acknowledgement implements StreamObserver<PutResponse> {
        @Override
        public void onNext(PutResponse response) {
            PacedWriter.this.acknowledge(System.nanoTime());
        }

        @Override
        public void onError(Throwable cause) {
            // Not a write; the gap goes on.
        }

        @Override
        public void onCompleted() {}
    }

    private synchronized void acknowledge(long nowNanos) {
        acknowledged.incrementAndGet();
        longestGapNanos = Math.max(longestGapNanos, nowNanos - lastNanos);
        lastNanos = nowNanos;
    }

    long acknowledged() {
        return acknowledged.get();
    }

    /** Forgets the gaps so far, but not when the last write was. */
    synchronized void forgetGaps() {
        longestGapNanos = 0;
    }

    synchronized long longestGapMillis() {
        return TimeUnit.NANOSECONDS.toMillis(longestGapNanos);
    }

    @Override
    public void close() {
        stopping = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        channels.forEach(ManagedChannel::shutdownNow);
    }
}
