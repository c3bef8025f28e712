package dev.cairn.agent.etcd;

import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/** A replica's stream of answers, of which one is fetched after another, each when the client has room for it. */
final class Paced<R> implements ClientResponseObserver<Object, R> {
    private final StreamObserver<R> responses;
    private final ServerCallStreamObserver<R> client;

    /** Whether an answer has gone on, and the next was not asked for yet. */
    private final AtomicBoolean isNextDue = new AtomicBoolean();

    private @Nullable ClientCallStreamObserver<Object> replica;

    /**
     * Begins with its call; before the method of the service returns.
     *
     * @param responses where the answers go
     * @param client says whether it has room
     */
    Paced(StreamObserver<R> responses, ServerCallStreamObserver<R> client) {
        this.responses = responses;
        this.client = client;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<Object> call) {
        replica = call;
        call.disableAutoRequestWithInitial(1);
        client.setOnReadyHandler(this::goOn);
    }

    @Override
    public void onNext(R response) {
        responses.onNext(response);
        isNextDue.set(true);
        goOn();
    }

    /** From the replica's thread and from the client's. */
    private void goOn() {
        ClientCallStreamObserver<Object> call = replica;
        if (call != null && client.isReady() && isNextDue.compareAndSet(true, false)) {
            call.request(1);
        }
    }

    @Override
    public void onError(Throwable failure) {
        responses.onError(failure);
    }

    @Override
    public void onCompleted() {
        responses.onCompleted();
    }
}
