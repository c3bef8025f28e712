package dev.cairn.client;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.HeadRequest;
import dev.cairn.proto.v1.HeadResponse;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.ProvenHead;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import io.grpc.CallOptions;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import java.net.ConnectException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Carries one question from replica to replica until one answer is proven, within one deadline. Each replica is asked once;
 * each has an equal share of the time that is left.
 */
final class Calls {
    private static final Bytes OPEN_END = Bytes.wrap(new byte[] {0});

    private final LightClient light;
    private final Replicas replicas;
    private final Duration timeout;
    private final InstantSource clock;
    private final Supplier<Digest> nonces;

    Calls(LightClient light, Replicas replicas, Duration timeout, InstantSource clock, Supplier<Digest> nonces) {
        this.light = light;
        this.replicas = replicas;
        this.timeout = timeout;
        this.clock = clock;
        this.nonces = nonces;
    }

    /** An answer with its head, which is verified, and the head that was known when the question was sent. */
    record Asked<R>(R response, TrustedHead base, TrustedHead head) {}

    /** What makes an answer believed. */
    interface Check<R, T> {
        T verify(Asked<R> asked) throws RefusedException;
    }

    LightClient light() {
        return light;
    }

    Replicas replicas() {
        return replicas;
    }

    HeadVerifier verifier() {
        return light.verifier();
    }

    InstantSource clock() {
        return clock;
    }

    Duration timeout() {
        return timeout;
    }

    /** 32 bytes that nobody could foresee. */
    Digest nonce() {
        return nonces.get();
    }

    /** For questions, which change nothing and may be asked again. */
    <Q, R, T> Verified<T> ask(
            Freshness freshness,
            MethodDescriptor<Q, R> method,
            Function<HeadWanted, Q> request,
            Function<R, ProvenHead> head,
            Check<R, T> check)
            throws NotVerifiedException {
        long end = System.nanoTime() + timeout.toNanos();
        List<Attempt> refused = new ArrayList<>();
        List<HostPort> order = replicas.inOrder();
        for (int i = 0; i < order.size(); i++) {
            HostPort replica = order.get(i);
            long share = (end - System.nanoTime()) / (order.size() - i);
            try {
                LightClient.Question question = light.ask(freshness, nonce(), clock.instant());
                R response = answer(replica, method, request.apply(wanted(question)), share);
                Asked<R> asked = accept(question, response, head);
                T value = check.verify(asked);
                replicas.believe(replica);
                return new Verified<>(value, asked.head(), replica, refused);
            } catch (RefusedException e) {
                refused.add(new Attempt(replica, e.refusal()));
                replicas.demote(replica);
                if (isFinal(e.refusal())) {
                    break;
                }
            }
        }
        throw new NotVerifiedException(refused);
    }

    /** What makes an answer that needs no head believed. */
    interface SelfProof<R, T> {
        T verify(R response) throws RefusedException;
    }

    /** What all who can be believed say, at least one. */
    <Q, R, T> List<T> askAll(MethodDescriptor<Q, R> method, Q request, SelfProof<R, T> check)
            throws NotVerifiedException {
        long end = System.nanoTime() + timeout.toNanos();
        List<T> answers = new ArrayList<>();
        List<Attempt> refused = new ArrayList<>();
        List<HostPort> order = replicas.inOrder();
        for (int i = 0; i < order.size(); i++) {
            HostPort replica = order.get(i);
            long share = (end - System.nanoTime()) / (order.size() - i);
            try {
                answers.add(check.verify(answer(replica, method, request, share)));
            } catch (RefusedException e) {
                refused.add(new Attempt(replica, e.refusal()));
                replicas.demote(replica);
            }
        }
        if (answers.isEmpty()) {
            throw new NotVerifiedException(refused);
        }
        return answers;
    }

    /** What is to be done. */
    interface Order<Q> {
        /** Whether it is a user who wants it, if there is one. */
        boolean isUsers();

        /**
         * As it is sent.
         *
         * @param user as the replica knows them; nothing if there is none, or if it is none's
         */
        Q of(HeadWanted head, Optional<SignedIn> user);
    }

    /**
     * For what must not be done twice. It is sent to one replica, and to another only if it surely never left this machine:
     * what a replica says about that is worth nothing. So the replica must be one that can prove something to this client,
     * which is found out by a question that does no harm.
     */
    <Q, R, T> Verified<T> tell(
            MethodDescriptor<Q, R> method, Order<Q> request, Function<R, ProvenHead> head, Check<R, T> check)
            throws NotVerifiedException {
        return tell(method, request, head, check, true);
    }

    /** For what is done once however often it is sent: each replica has an equal share of the time that is left. */
    <Q, R, T> Verified<T> tellAnyone(
            MethodDescriptor<Q, R> method, Order<Q> request, Function<R, ProvenHead> head, Check<R, T> check)
            throws NotVerifiedException {
        return tell(method, request, head, check, false);
    }

    private <Q, R, T> Verified<T> tell(
            MethodDescriptor<Q, R> method,
            Order<Q> request,
            Function<R, ProvenHead> head,
            Check<R, T> check,
            boolean onlyOnce)
            throws NotVerifiedException {
        long end = System.nanoTime() + timeout.toNanos();
        List<Attempt> refused = new ArrayList<>();
        List<HostPort> order = replicas.inOrder();
        for (int i = 0; i < order.size(); i++) {
            HostPort replica = order.get(i);
            boolean isSent = false;
            try {
                long share = (end - System.nanoTime()) / (order.size() - i);
                requireBelieved(replica, share);
                Optional<SignedIn> user = request.isUsers() ? replicas.signIn(replica, share) : Optional.empty();
                isSent = true;
                LightClient.Question question = light.follow(light.head(), clock.instant());
                long nanos = onlyOnce ? end - System.nanoTime() : share;
                R response = call(replica, method, request.of(wanted(question), user), nanos, Calls::perhapsDone);
                Asked<R> asked = accept(question, response, head);
                return new Verified<>(check.verify(asked), asked.head(), replica, refused);
            } catch (RefusedException e) {
                refused.add(new Attempt(replica, e.refusal()));
                replicas.demote(replica);
                if (isFinal(e.refusal()) || (onlyOnce && isSent && !neverLeft(e.refusal()))) {
                    break;
                }
            }
        }
        throw new NotVerifiedException(refused);
    }

    /** Passes if the replica's last answer was believed, or if it proves its head now. */
    private void requireBelieved(HostPort replica, long nanos) throws RefusedException {
        if (!replicas.isBelieved(replica)) {
            LightClient.Question question = light.follow(light.head(), clock.instant());
            HeadRequest request =
                    HeadRequest.newBuilder().setHead(wanted(question)).build();
            HeadResponse response = call(replica, ChainGrpc.getHeadMethod(), request, nanos, Calls::noAnswer);
            accept(question, response, HeadResponse::getHead);
            replicas.believe(replica);
        }
    }

    private static boolean neverLeft(Refusal refusal) {
        return (refusal instanceof Refusal.NoAnswer answer && !answer.mayHaveActed())
                || (refusal instanceof Refusal.Declined declined && !declined.mayHaveActed());
    }

    /** No other replica can do better. */
    private static boolean isFinal(Refusal refusal) {
        return refusal instanceof Refusal.Forked
                || refusal instanceof Refusal.NotEstablished
                || refusal instanceof Refusal.NotKept;
    }

    private <R> Asked<R> accept(LightClient.Question question, R response, Function<R, ProvenHead> head)
            throws RefusedException {
        TrustedHead verified = light.accept(question, OfferedHead.of(head.apply(response)), clock.instant());
        return new Asked<>(response, question.base(), verified);
    }

    /** To a question, which is asked again there if it was refused for a token that has run out. */
    private <Q, R> R answer(HostPort replica, MethodDescriptor<Q, R> method, Q request, long nanos)
            throws RefusedException {
        long end = System.nanoTime() + nanos;
        try {
            return call(replica, method, request, nanos, Calls::noAnswer);
        } catch (RefusedException e) {
            if (replicas.hasLogin() && isVoid(e.refusal())) {
                return call(replica, method, request, end - System.nanoTime(), Calls::noAnswer);
            }
            throw e;
        }
    }

    private static boolean isVoid(Refusal refusal) {
        return refusal instanceof Refusal.Declined declined
                && (declined.why() == Refusal.Why.VOID_TOKEN || declined.why() == Refusal.Why.NO_USER);
    }

    private <Q, R> R call(
            HostPort replica, MethodDescriptor<Q, R> method, Q request, long nanos, Function<Status, Refusal> failure)
            throws RefusedException {
        try {
            return ClientCalls.blockingUnaryCall(
                    replicas.channel(replica),
                    method,
                    CallOptions.DEFAULT.withDeadlineAfter(Math.max(nanos, 0), TimeUnit.NANOSECONDS),
                    request);
        } catch (StatusRuntimeException e) {
            throw new RefusedException(failure.apply(e.getStatus()));
        }
    }

    /** To a question, which does nothing. */
    static Refusal noAnswer(Status status) {
        return Saying.refusal(status, false);
    }

    /** A refused connection is this machine's own knowledge; all else is the replica's word, or nobody's. */
    private static Refusal perhapsDone(Status status) {
        return Saying.refusal(status, !(status.getCause() instanceof ConnectException));
    }

    static HeadWanted wanted(LightClient.Question question) {
        HeadWanted.Builder wanted =
                HeadWanted.newBuilder().setKnownHeight(question.base().height().value());
        if (question.freshness().orElse(Freshness.ANY) instanceof Freshness.Bounded(Duration maxAge)) {
            wanted.setBoundedMillis((int) maxAge.toMillis());
        }
        question.nonce().ifPresent(nonce -> wanted.setNonce(raw(Bytes.wrap(nonce.toArray()))));
        return wanted.build();
    }

    static ByteString raw(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.shared());
    }

    static dev.cairn.proto.v1.Space space(Space space) {
        return switch (space) {
            case CLIENTS -> dev.cairn.proto.v1.Space.SPACE_CLIENTS;
            case LEDGER -> dev.cairn.proto.v1.Space.SPACE_LEDGER;
        };
    }

    static Bytes bytes(ByteString source) {
        return Bytes.wrap(source.toByteArray());
    }

    /** etcd's way to name the end of a span: a zero byte where there is none. */
    static ByteString rangeEnd(KeySpan span) {
        return raw(span.until().orElse(OPEN_END));
    }
}
