package dev.cairn.runtime;

import com.google.protobuf.ByteString;
import dev.cairn.proto.v1.PeerFrame;
import dev.cairn.proto.v1.PeerLinkGrpc;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.proto.v1.PeerWelcome;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.MetadataUtils;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way from this replica to one other. It dials until it is welcomed, sends what waits in its lanes while the
 * transport takes it, and dials again when the connection ends. What was to be sent while it is down is dropped: the
 * STATUS that follows a reconnect brings it again. All but {@link #enqueue} and {@link #flush} happens on one I/O thread.
 */
final class OutboundLink {
    static final Metadata.Key<String> CHAIN = Metadata.Key.of("cairn-chain", Metadata.ASCII_STRING_MARSHALLER);

    private static final Logger LOG = LoggerFactory.getLogger(OutboundLink.class);
    private static final int FIRST_BACKOFF_MILLIS = 50;
    private static final int LAST_BACKOFF_MILLIS = 1000;
    private static final int CONNECT_MILLIS = 2000;
    private static final int WELCOME_MILLIS = 5000;
    private static final long STEADY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final int READY_BYTES = 512 << 10;

    private final ReplicaId peer;
    private final PeerAddress address;
    private final SslContext tls;
    private final EventLoopGroup group;
    private final EventLoop executor;
    private final Digest chainId;
    private final SendLanes lanes;
    private final Consumer<Boolean> onChange;
    private final NodeMetrics metrics;
    private final long startedNanos = System.nanoTime();

    private volatile boolean up;
    private volatile boolean filled;
    private volatile boolean flushing;
    private boolean closed;
    private boolean toldDown;
    private @Nullable Attempt attempt;
    private int backoffMillis = FIRST_BACKOFF_MILLIS;

    /** {@code onChange} is told true when the link is up and false when it is lost or cannot be made. */
    OutboundLink(
            ReplicaId peer,
            PeerAddress address,
            SslContext tls,
            EventLoopGroup group,
            Digest chainId,
            SendLanes lanes,
            Consumer<Boolean> onChange,
            NodeMetrics metrics) {
        this.peer = peer;
        this.address = address;
        this.tls = tls;
        this.group = group;
        this.executor = group.next();
        this.chainId = chainId;
        this.lanes = lanes;
        this.onChange = onChange;
        this.metrics = metrics;
    }

    void start() {
        execute(this::dial);
    }

    /** The peer has just shown that it is alive: no need to wait longer. */
    void nudge() {
        execute(() -> {
            if (attempt == null) {
                dial();
            }
        });
    }

    boolean isUp() {
        return up;
    }

    /** Puts the message into its lane; sent after the next {@link #flush}. */
    void enqueue(Lane lane, PeerMessage message) {
        if (up) {
            lanes.add(lane, message);
            filled = true;
        }
    }

    /** Has the I/O thread send what waits, if anything does: waking it costs more than most turns. */
    void flush() {
        if (filled && !flushing) {
            flushing = true;
            execute(this::drain);
        }
    }

    private void drain() {
        flushing = false;
        filled = false;
        Attempt current = attempt;
        if (current == null || !up) {
            return;
        }
        while (current.isReady()) {
            Optional<PeerFrame> frame = lanes.nextFrame();
            if (frame.isEmpty()) {
                return;
            }
            metrics.frameSent(frame.get().getSerializedSize());
            current.send(frame.get());
        }
    }

    private void dial() {
        if (closed || attempt != null) {
            return;
        }
        Attempt next = new Attempt();
        attempt = next;
        next.start();
        var _ = executor.schedule(
                () -> {
                    if (attempt == next && !up) {
                        next.fail("no welcome in time");
                    }
                },
                WELCOME_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void onWelcome(Attempt of, ByteString chain) {
        if (attempt != of || up) {
            return;
        }
        if (!chain.equals(ByteString.copyFrom(chainId.toArray()))) {
            of.fail("it belongs to another chain");
            return;
        }
        LOG.info("link to {} is up", peer);
        of.upSinceNanos = System.nanoTime();
        lanes.clear();
        toldDown = false;
        up = true;
        onChange.accept(true);
    }

    private void onEnd(Attempt of, String why) {
        if (attempt != of) {
            return;
        }
        attempt = null;
        of.shutdown();
        boolean wasUp = up;
        up = false;
        lanes.clear();
        if (closed) {
            return;
        }
        if (wasUp) {
            LOG.info("link to {} is down: {}", peer, why);
        } else {
            LOG.debug("no link to {}: {}", peer, why);
        }
        // A peer that starts a moment after this one is not lost yet.
        boolean isGone = wasUp || System.nanoTime() - startedNanos > STEADY_NANOS;
        if (isGone && !toldDown) {
            toldDown = true;
            onChange.accept(false);
        }
        boolean wasSteady = wasUp && System.nanoTime() - of.upSinceNanos > STEADY_NANOS;
        backoffMillis = wasSteady ? FIRST_BACKOFF_MILLIS : Math.min(2 * backoffMillis, LAST_BACKOFF_MILLIS);
        var _ = executor.schedule(this::dial, backoffMillis, TimeUnit.MILLISECONDS);
    }

    /** Ends the link for good; the I/O threads do the rest. */
    void close() {
        execute(() -> {
            closed = true;
            up = false;
            if (attempt != null) {
                attempt.shutdown();
            }
        });
    }

    private void execute(Runnable task) {
        try {
            executor.execute(task);
        } catch (RejectedExecutionException e) {
            LOG.debug("the I/O threads have ended", e);
        }
    }

    /** One connection from dialling to its end. */
    private final class Attempt implements ClientResponseObserver<PeerFrame, PeerWelcome> {
        private final ManagedChannel channel;
        private @Nullable ClientCallStreamObserver<PeerFrame> stream;
        private long upSinceNanos;

        Attempt() {
            channel = NettyChannelBuilder.forAddress(address.host(), address.port())
                    .eventLoopGroup(group)
                    .channelType(Sockets.dialler())
                    .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, CONNECT_MILLIS)
                    .withOption(ChannelOption.TCP_NODELAY, true)
                    .sslContext(tls)
                    .overrideAuthority("replica-" + peer.index())
                    .directExecutor()
                    .disableRetry()
                    .disableServiceConfigLookUp()
                    .keepAliveTime(10, TimeUnit.SECONDS)
                    .keepAliveTimeout(3, TimeUnit.SECONDS)
                    .build();
        }

        void start() {
            Metadata headers = new Metadata();
            headers.put(CHAIN, chainId.toHex());
            var _ = PeerLinkGrpc.newStub(channel)
                    .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                    .withOnReadyThreshold(READY_BYTES)
                    .deliver(this);
        }

        boolean isReady() {
            return stream != null && stream.isReady();
        }

        void send(PeerFrame frame) {
            if (stream != null) {
                stream.onNext(frame);
            }
        }

        void fail(String why) {
            onEnd(this, why);
        }

        void shutdown() {
            var _ = channel.shutdownNow();
        }

        @Override
        public void beforeStart(ClientCallStreamObserver<PeerFrame> requests) {
            stream = requests;
            requests.setOnReadyHandler(() -> execute(OutboundLink.this::drain));
        }

        @Override
        public void onNext(PeerWelcome welcome) {
            execute(() -> onWelcome(this, welcome.getChainId()));
        }

        @Override
        public void onError(Throwable cause) {
            execute(() -> onEnd(this, String.valueOf(cause.getMessage())));
        }

        @Override
        public void onCompleted() {
            execute(() -> onEnd(this, "the peer ended it"));
        }
    }
}
