package dev.cairn.runtime;

import com.google.protobuf.ByteString;
import dev.cairn.codec.MessageCodec;
import dev.cairn.proto.v1.PeerFrame;
import dev.cairn.proto.v1.PeerLinkGrpc;
import dev.cairn.proto.v1.PeerMessage;
import dev.cairn.proto.v1.PeerWelcome;
import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Grpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The accepting side of all links. A frame is decoded, filtered and verified on the thread that read it; only verified
 * messages reach the event loop. A peer that sends what no honest replica sends loses its connection and waits before
 * the next one.
 */
final class InboundLinks extends PeerLinkGrpc.PeerLinkImplBase implements ServerInterceptor {
    private static final Logger LOG = LoggerFactory.getLogger(InboundLinks.class);
    private static final Context.Key<ReplicaId> PEER = Context.key("cairn-peer");
    private static final long PENALTY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PeerTls tls;
    private final Digest chainId;
    private final Authenticator authenticator;
    private final InboundFilter filter;
    private final long budgetBytes;
    private final Consumer<Input> inbox;
    private final Consumer<ReplicaId> onAccepted;
    private final NodeMetrics metrics;
    private final Map<ReplicaId, Stream> streams = new ConcurrentHashMap<>();

    /** One for each peer and not for each connection: else a new connection would bring a new budget. */
    private final Map<ReplicaId, InboundBudget> budgets = new ConcurrentHashMap<>();

    private final Map<ReplicaId, Long> offences = new ConcurrentHashMap<>();

    InboundLinks(
            PeerTls tls,
            Digest chainId,
            Authenticator authenticator,
            InboundFilter filter,
            long budgetBytes,
            Consumer<Input> inbox,
            Consumer<ReplicaId> onAccepted,
            NodeMetrics metrics) {
        this.tls = tls;
        this.chainId = chainId;
        this.authenticator = authenticator;
        this.filter = filter;
        this.budgetBytes = budgetBytes;
        this.inbox = inbox;
        this.onAccepted = onAccepted;
        this.metrics = metrics;
    }

    /** Lets a call in only from a replica of this chain, known by its certificate. */
    @Override
    public <Q, A> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
        SSLSession session = call.getAttributes().get(Grpc.TRANSPORT_ATTR_SSL_SESSION);
        Optional<ReplicaId> peer = session == null ? Optional.empty() : tls.identify(session);
        if (peer.isEmpty()) {
            call.close(Status.UNAUTHENTICATED.withDescription("not a replica of this cluster"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        if (!chainId.toHex().equals(headers.get(OutboundLink.CHAIN))) {
            call.close(Status.FAILED_PRECONDITION.withDescription("another chain"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        if (isPunished(peer.get())) {
            call.close(Status.RESOURCE_EXHAUSTED.withDescription("sent what no replica sends"), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(PEER, peer.get()), call, headers, next);
    }

    private boolean isPunished(ReplicaId peer) {
        Long since = offences.get(peer);
        return since != null && System.nanoTime() - since < PENALTY_NANOS;
    }

    @Override
    public StreamObserver<PeerFrame> deliver(StreamObserver<PeerWelcome> answers) {
        ReplicaId peer = PEER.get();
        if (peer == null) {
            throw new IllegalStateException("a call that did not pass the interceptor");
        }
        Stream stream = new Stream(peer, (ServerCallStreamObserver<PeerWelcome>) answers);
        Stream before = streams.put(peer, stream);
        if (before != null) {
            before.end(Status.ABORTED.withDescription("a newer connection took its place"));
        }
        stream.welcome();
        onAccepted.accept(peer);
        return stream;
    }

    /** The peer's budget is free again: its newest connection is read on. */
    private void readOn(ReplicaId peer) {
        Stream stream = streams.get(peer);
        if (stream != null) {
            stream.answers.request(1);
        }
    }

    /** One peer's frames. gRPC calls it from one thread at a time. */
    private final class Stream implements StreamObserver<PeerFrame> {
        private final ReplicaId peer;
        private final ServerCallStreamObserver<PeerWelcome> answers;
        private final InboundBudget budget;
        private volatile boolean ended;

        Stream(ReplicaId peer, ServerCallStreamObserver<PeerWelcome> answers) {
            this.peer = peer;
            this.answers = answers;
            this.budget = budgets.computeIfAbsent(peer, p -> new InboundBudget(budgetBytes, () -> readOn(p)));
            answers.disableAutoRequest();
            answers.setOnCancelHandler(this::forget);
        }

        void welcome() {
            answers.onNext(PeerWelcome.newBuilder()
                    .setChainId(ByteString.copyFrom(chainId.toArray()))
                    .build());
            if (budget.mayReadOn()) {
                answers.request(1);
            }
        }

        synchronized void end(Status status) {
            if (!ended) {
                ended = true;
                answers.onError(status.asRuntimeException());
            }
        }

        @Override
        public void onNext(PeerFrame frame) {
            metrics.frameReceived(frame.getSerializedSize());
            for (PeerMessage message : frame.getMessagesList()) {
                if (ended) {
                    return;
                }
                receive(message);
            }
            if (!ended && budget.mayReadOn()) {
                answers.request(1);
            }
        }

        private void receive(PeerMessage source) {
            switch (MessageCodec.decode(source)) {
                case MessageCodec.Decoded.Known(Message message) -> receive(message, source.getSerializedSize());
                case MessageCodec.Decoded.Unknown() -> metrics.skipped();
                case MessageCodec.Decoded.Malformed(String why) -> punish(why);
            }
        }

        private void receive(Message message, int size) {
            if (!filter.mayMatter(peer, message)) {
                metrics.skipped();
                return;
            }
            Optional<Verified<Message>> verified = authenticator.verify(message);
            if (verified.isEmpty()) {
                punish("a " + message.getClass().getSimpleName() + " that does not verify");
                return;
            }
            filter.onVerified(message);
            int bytes = size + InboundBudget.MESSAGE_OVERHEAD_BYTES;
            budget.take(bytes);
            inbox.accept(new Input.FromPeer(peer, verified.get(), budget, bytes));
        }

        private void punish(String why) {
            LOG.warn("{} sent {}: closing its link", peer, why);
            metrics.violation();
            offences.put(peer, System.nanoTime());
            end(Status.INVALID_ARGUMENT.withDescription(why));
        }

        @Override
        public void onError(Throwable cause) {
            forget();
        }

        @Override
        public void onCompleted() {
            forget();
            end(Status.OK);
        }

        private void forget() {
            streams.remove(peer, this);
        }
    }
}
