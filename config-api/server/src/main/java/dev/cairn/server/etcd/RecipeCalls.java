package dev.cairn.server.etcd;

import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Function;

/**
 * The calls for locks and elections that are under way: so many at most, for each may wait for as long as its client
 * likes.
 */
public final class RecipeCalls {
    private final Semaphore room;
    private final Set<Recipes.Caller> underWay = ConcurrentHashMap.newKeySet();

    /** @param max calls under way */
    public RecipeCalls(int max) {
        this.room = new Semaphore(max);
    }

    /** Runs a recipe for a caller, and answers with what it gives. */
    <T> void run(StreamObserver<T> observer, Function<Recipes.Caller, CompletableFuture<T>> recipe) {
        Recipes.Caller caller = new Recipes.Caller();
        if (!admit(caller)) {
            observer.onError(EtcdError.TOO_MANY_REQUESTS.exception());
            return;
        }
        ((ServerCallStreamObserver<T>) observer).setOnCancelHandler(() -> caller.leave(EtcdError.REQUEST_CANCELED));
        var _ = recipe.apply(caller).whenComplete((answer, failure) -> {
            leave(caller);
            if (failure == null) {
                observer.onNext(answer);
                observer.onCompleted();
            } else {
                observer.onError(told(failure));
            }
        });
    }

    /** Whether there is room for another. */
    boolean admit(Recipes.Caller caller) {
        return room.tryAcquire() && underWay.add(caller);
    }

    void leave(Recipes.Caller caller) {
        if (underWay.remove(caller)) {
            room.release();
        }
    }

    /** Nobody waits on. */
    public void endAll(EtcdError why) {
        List.copyOf(underWay).forEach(caller -> caller.leave(why));
    }

    public int waiting() {
        return underWay.size();
    }

    static StatusRuntimeException told(Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        return cause instanceof StatusRuntimeException known
                ? known
                : Status.INTERNAL.withCause(cause).asRuntimeException();
    }
}
