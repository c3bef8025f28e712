package dev.cairn.server.etcd;

import dev.cairn.server.Background;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Work in the background that a call waits for: also where it fails, the call ends. */
final class OwedWork {
    private static final Logger LOG = System.getLogger(OwedWork.class.getName());

    private OwedWork() {}

    /** Has {@code work} answer the call some time; if too much waits, or the work fails, the call is told so. */
    static void offer(Background background, StreamObserver<?> call, Runnable work) {
        if (!background.offer(() -> run(call, work))) {
            call.onError(EtcdError.TOO_MANY_REQUESTS.exception());
        }
    }

    /** Runs {@code work}, which answers the call; if it fails, the call is told so. */
    static void run(StreamObserver<?> call, Runnable work) {
        try {
            work.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a call could not be served", e);
            call.onError(Status.INTERNAL
                    .withDescription("this replica could not serve the call; its log says why")
                    .asRuntimeException());
        }
    }
}
