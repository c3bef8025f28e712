package dev.cairn.chaos.real;

import dev.cairn.chaos.history.Change;
import dev.cairn.chaos.history.WatchStream;
import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Watches everything through one endpoint, and goes on after the last revision that it saw whenever the stream breaks.
 * Each stream is written down by itself.
 */
final class RecordingWatcher implements AutoCloseable {
    private static final long BEFORE_AGAIN_MILLIS = 100;

    private final String name;
    private final Recorder recorder;
    private final ManagedChannel channel;
    private final ScheduledExecutorService again = Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().daemon().factory());
    private Stream current;
    private boolean closed;

    RecordingWatcher(String name, HostPort endpoint, Recorder recorder) {
        this.name = name;
        this.recorder = recorder;
        this.channel = NettyChannelBuilder.forAddress(endpoint.toSocketAddress())
                .usePlaintext()
                .disableRetry()
                .maxInboundMessageSize(64 << 20)
                .build();
        this.current = new Stream(1);
        current.open();
    }

    /** The last revision that it was told of. */
    synchronized long revision() {
        return current.last;
    }

    private final class Stream implements StreamObserver<WatchResponse> {
        private final long from;
        private final List<Change> changes = new ArrayList<>();
        private long last;
        private boolean ended;

        Stream(long from) {
            this.from = from;
            this.last = from - 1;
        }

        void open() {
            WatchGrpc.newStub(channel)
                    .watch(this)
                    .onNext(WatchRequest.newBuilder()
                            .setCreateRequest(WatchCreateRequest.newBuilder()
                                    .setKey(EtcdCalls.bytes("\0"))
                                    .setRangeEnd(EtcdCalls.bytes("\0"))
                                    .setStartRevision(from)
                                    .setPrevKv(true))
                            .build());
        }

        @Override
        public void onNext(WatchResponse response) {
            synchronized (RecordingWatcher.this) {
                changes.addAll(EtcdCalls.changes(response.getEventsList()));
                if (!changes.isEmpty()) {
                    last = changes.getLast().revision();
                }
                if (response.getCanceled()) {
                    ended();
                }
            }
        }

        @Override
        public void onError(Throwable cause) {
            synchronized (RecordingWatcher.this) {
                ended();
            }
        }

        @Override
        public void onCompleted() {
            synchronized (RecordingWatcher.this) {
                ended();
            }
        }

        private void ended() {
            if (ended) {
                return;
            }
            ended = true;
            if (!changes.isEmpty()) {
                recorder.watched(new WatchStream(name, "", from, last, changes));
            }
            if (!closed) {
                channel.resetConnectBackoff();
                current = new Stream(last + 1);
                var _ = again.schedule(current::open, BEFORE_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    @Override
    public void close() {
        synchronized (this) {
            closed = true;
            current.ended();
        }
        again.shutdownNow();
        channel.shutdownNow();
    }
}
