package dev.cairn.server.etcd;

import dev.cairn.kv.model.Outcome;
import dev.cairn.server.Background;
import dev.cairn.server.watch.GoneException;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The one answer that a call is owed.
 *
 * @param message makes the reply of an outcome of the call's own kind, else null
 * @param background where values are read from disk
 */
record Reply<T>(StreamObserver<T> observer, Function<Outcome, @Nullable T> message, Background background) {

    /** Answers at once if that reads no disk, else in the background. */
    void answer(Outcome outcome) {
        if (Responses.isInMemory(outcome)) {
            answerHere(outcome);
        } else {
            answerLater(() -> outcome);
        }
    }

    /** Works the outcome out in the background, and answers. */
    void answerLater(Supplier<Outcome> outcome) {
        OwedWork.offer(background, observer, () -> answerHere(outcome.get()));
    }

    /** Runs {@code work} here, which answers; if it fails, the call is told so. */
    void owedBy(Runnable work) {
        OwedWork.run(observer, work);
    }

    /** Answers on this thread, which may block. */
    void answerHere(Outcome outcome) {
        T reply;
        try {
            reply = message.apply(outcome);
        } catch (GoneException e) {
            fail(EtcdError.COMPACTED);
            return;
        }
        if (reply != null) {
            send(reply);
        } else if (outcome instanceof Outcome.Failed failed) {
            fail(EtcdError.of(failed.error()));
        } else {
            throw new AssertionError("an outcome of another kind: " + outcome);
        }
    }

    /** Sends an answer that is no operation's outcome. */
    void send(T reply) {
        observer.onNext(reply);
        observer.onCompleted();
    }

    void fail(EtcdError error) {
        fail(error.status());
    }

    void fail(Status why) {
        observer.onError(why.asRuntimeException());
    }

    boolean isAbandoned() {
        return observer instanceof ServerCallStreamObserver<T> call && call.isCancelled();
    }
}
