package dev.cairn.agent.etcd;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Unproven;
import dev.cairn.server.etcd.EtcdError;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;

/**
 * Calls that a replica answers and nobody proves, passed on as they are, within a bound. A call ends at the replica when its
 * client ends it, as gRPC's context carries that on.
 */
final class PassedOn {
    static final int MAX_CALLS = 256;

    private final CairnClient client;
    private final Semaphore calls = new Semaphore(MAX_CALLS);

    PassedOn(CairnClient client) {
        this.client = client;
    }

    int underWay() {
        return MAX_CALLS - calls.availablePermits();
    }

    <R> void unary(StreamObserver<R> responses, BiConsumer<Channel, StreamObserver<R>> call) {
        if (isTaken(responses)) {
            Unproven replica = client.unproven();
            call.accept(replica.channel(), new Counted<>(responses, replica));
        }
    }

    /** A stream of answers to one request. No more of them is fetched than the client takes. */
    <R> void answers(StreamObserver<R> responses, BiConsumer<Channel, StreamObserver<R>> call) {
        if (isTaken(responses)) {
            Unproven replica = client.unproven();
            call.accept(replica.channel(), new Paced<>(new Counted<>(responses, replica), (ServerCallStreamObserver<R>)
                    responses));
        }
    }

    <Q, R> StreamObserver<Q> stream(
            StreamObserver<R> responses, BiFunction<Channel, StreamObserver<R>, StreamObserver<Q>> call) {
        if (isTaken(responses)) {
            Unproven replica = client.unproven();
            return call.apply(replica.channel(), new Counted<>(responses, replica));
        }
        return new Unheard<>();
    }

    /** What a refused stream still sends. */
    private static final class Unheard<Q> implements StreamObserver<Q> {
        @Override
        public void onNext(Q request) {}

        @Override
        public void onError(Throwable failure) {}

        @Override
        public void onCompleted() {}
    }

    private boolean isTaken(StreamObserver<?> responses) {
        boolean taken = calls.tryAcquire();
        if (!taken) {
            responses.onError(EtcdError.TOO_MANY_REQUESTS.exception());
        }
        return taken;
    }

    /** Gives the call's place back when it has ended, which it does once. */
    private final class Counted<R> implements StreamObserver<R> {
        private final StreamObserver<R> responses;
        private final Unproven replica;
        private final AtomicBoolean ended = new AtomicBoolean();

        Counted(StreamObserver<R> responses, Unproven replica) {
            this.responses = responses;
            this.replica = replica;
        }

        @Override
        public void onNext(R response) {
            responses.onNext(response);
        }

        @Override
        public void onError(Throwable failure) {
            end();
            if (Status.fromThrowable(failure).getCode() == Status.Code.UNAVAILABLE) {
                replica.failed().run();
            }
            responses.onError(failure);
        }

        @Override
        public void onCompleted() {
            end();
            responses.onCompleted();
        }

        private void end() {
            if (ended.compareAndSet(false, true)) {
                calls.release();
            }
        }
    }
}
