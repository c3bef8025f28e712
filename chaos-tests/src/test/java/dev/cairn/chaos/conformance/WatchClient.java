package dev.cairn.chaos.conformance;

import dev.cairn.proto.etcdserverpb.WatchCancelRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchProgressRequest;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.ClientInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** One stream of watches, and all that came on it. */
final class WatchClient implements AutoCloseable {
    static final long BROADCAST_ID = -1;
    private static final long PATIENCE_MILLIS = 5_000;
    private static final long ASK_AGAIN_MILLIS = 20;

    private final String name;
    private final StreamObserver<WatchRequest> requests;
    private final List<WatchResponse> responses = new ArrayList<>();
    private final Set<Long> compacted = new HashSet<>();
    private Optional<Status> end = Optional.empty();

    WatchClient(Endpoint endpoint, ClientInterceptor... interceptors) {
        name = endpoint.toString();
        requests = WatchGrpc.newStub(endpoint.channel())
                .withInterceptors(interceptors)
                .watch(new StreamObserver<>() {
                    @Override
                    public void onNext(WatchResponse response) {
                        arrived(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        ended(Status.fromThrowable(failure));
                    }

                    @Override
                    public void onCompleted() {
                        ended(Status.OK);
                    }
                });
    }

    private synchronized void arrived(WatchResponse response) {
        responses.add(response);
        if (response.getCompactRevision() != 0) {
            // etcd keeps the watch among those of the stream, and so answers no request for progress, until this.
            compacted.add(response.getWatchId());
            cancel(response.getWatchId());
        }
        if (response.getCreated()) {
            compacted.remove(response.getWatchId());
        }
        notifyAll();
    }

    private synchronized void ended(Status status) {
        end = Optional.of(status);
        notifyAll();
    }

    synchronized void send(WatchRequest.Builder request) {
        requests.onNext(request.build());
    }

    void cancel(long id) {
        send(WatchRequest.newBuilder()
                .setCancelRequest(WatchCancelRequest.newBuilder().setWatchId(id)));
    }

    void requestProgress() {
        send(WatchRequest.newBuilder().setProgressRequest(WatchProgressRequest.getDefaultInstance()));
    }

    synchronized List<WatchResponse> responses() {
        return List.copyOf(responses);
    }

    synchronized int count() {
        return responses.size();
    }

    /** Waits for a response that is one of those after the first {@code from}, and returns it. */
    synchronized WatchResponse await(int from, Predicate<WatchResponse> wanted) throws InterruptedException {
        Optional<WatchResponse> found = await(from, wanted, PATIENCE_MILLIS);
        return found.orElseThrow(() -> new AssertionError(name + ": no such response in time; " + end + ", "
                + responses.stream().map(Texts::of).toList()));
    }

    private synchronized Optional<WatchResponse> await(int from, Predicate<WatchResponse> wanted, long millis)
            throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
        int seen = from;
        while (true) {
            for (; seen < responses.size(); seen++) {
                if (wanted.test(responses.get(seen))) {
                    return Optional.of(responses.get(seen));
                }
            }
            long left = deadline - System.nanoTime();
            if (left <= 0 || end.isPresent()) {
                return Optional.empty();
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
    }

    /** Waits until the stream has ended, and says how. */
    synchronized Status awaitEnd() throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (end.isEmpty()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError(name + ": the stream does not end");
            }
            TimeUnit.NANOSECONDS.timedWait(this, left);
        }
        return end.get();
    }

    /** The watches that compaction has ended. */
    synchronized Set<Long> compacted() {
        return Set.copyOf(compacted);
    }

    /** Asks for progress until the server says that all up to {@code revision} was sent to those watches that go on. */
    void settle(long revision, Set<Long> watches) throws InterruptedException {
        int from = count();
        long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
        while (!compacted().containsAll(watches)) {
            requestProgress();
            if (await(from, r -> isProgress(r) && r.getHeader().getRevision() >= revision, ASK_AGAIN_MILLIS)
                    .isPresent()) {
                return;
            }
            if (System.nanoTime() > deadline) {
                throw new AssertionError(name + ": no progress up to " + revision + "; " + responses());
            }
        }
    }

    static boolean isProgress(WatchResponse response) {
        return !response.getCreated() && !response.getCanceled() && response.getEventsCount() == 0;
    }

    @Override
    public void close() {
        requests.onError(Status.CANCELLED.asException());
    }
}
