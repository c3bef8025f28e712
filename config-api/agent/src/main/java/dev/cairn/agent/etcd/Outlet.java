package dev.cairn.agent.etcd;

import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;

/** One client's end of a stream of watches. Whoever sends waits until the client takes what came before. */
final class Outlet {
    private final ServerCallStreamObserver<WatchResponse> call;
    private boolean ended;

    Outlet(ServerCallStreamObserver<WatchResponse> call) {
        this.call = call;
        call.setOnReadyHandler(this::wake);
    }

    private synchronized void wake() {
        notifyAll();
    }

    /** Once, before the first request. */
    void onGone(Runnable gone) {
        call.setOnCancelHandler(() -> {
            drop();
            gone.run();
        });
    }

    private synchronized void drop() {
        ended = true;
        notifyAll();
    }

    /** Nothing is sent to a client that has gone. */
    synchronized void send(WatchResponse response) throws InterruptedException {
        while (!call.isReady() && !ended) {
            wait();
        }
        if (!ended) {
            call.onNext(response);
        }
    }

    synchronized void end(Status status) {
        if (!ended) {
            ended = true;
            call.onError(status.asRuntimeException());
            notifyAll();
        }
    }
}
