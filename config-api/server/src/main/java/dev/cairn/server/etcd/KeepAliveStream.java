package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveResponse;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * One client's stream of renewals. Each request has one reply, also where the lease does not live; replies need not
 * come in the requests' order, as they name their lease. A client that does not read its replies is read from no more.
 */
final class KeepAliveStream implements StreamObserver<LeaseKeepAliveRequest> {
    /** Requests that have no reply yet; a client may keep so many leases alive in one window. */
    private static final int MAX_UNANSWERED = 1024;

    private final ServerCallStreamObserver<LeaseKeepAliveResponse> call;
    private final KeepAlives keepAlives;
    private final Headers headers;
    private final LongFunction<Optional<EtcdError>> refusals;
    private int unanswered;
    private int owed;
    private boolean isAskedOut;
    private boolean ended;

    /** @param refusals why the client must not keep a lease alive */
    KeepAliveStream(
            ServerCallStreamObserver<LeaseKeepAliveResponse> call,
            KeepAlives keepAlives,
            Headers headers,
            LongFunction<Optional<EtcdError>> refusals) {
        this.call = call;
        this.keepAlives = keepAlives;
        this.headers = headers;
        this.refusals = refusals;
    }

    /** Takes the first requests off the wire. */
    void begin() {
        call.request(MAX_UNANSWERED);
    }

    /** The client has read its replies. */
    synchronized void ready() {
        takeOwed();
    }

    private void takeOwed() {
        if (!ended && owed > 0 && call.isReady()) {
            int count = owed;
            owed = 0;
            call.request(count);
        }
    }

    @Override
    public void onNext(LeaseKeepAliveRequest request) {
        synchronized (this) {
            unanswered++;
        }
        long lease = request.getID();
        Optional<EtcdError> refusal = refusals.apply(lease);
        if (refusal.isPresent()) {
            end(refusal.get());
            return;
        }
        keepAlives.renew(lease, new KeepAlives.Waiter() {
            @Override
            public void renewed(long revision, long ttlSeconds) {
                answer(LeaseKeepAliveResponse.newBuilder()
                        .setHeader(headers.at(revision))
                        .setID(lease)
                        .setTTL(ttlSeconds)
                        .build());
            }

            @Override
            public void failed(EtcdError why) {
                end(why);
            }
        });
    }

    private synchronized void answer(LeaseKeepAliveResponse response) {
        if (ended) {
            return;
        }
        unanswered--;
        owed++;
        call.onNext(response);
        if (isAskedOut && unanswered == 0) {
            ended = true;
            call.onCompleted();
        } else {
            takeOwed();
        }
    }

    /** No more replies, whatever is still asked for. */
    synchronized void end(EtcdError why) {
        if (!ended) {
            ended = true;
            call.onError(why.exception());
        }
    }

    /** The client asks for nothing more; what it has asked for is still answered. */
    @Override
    public synchronized void onCompleted() {
        isAskedOut = true;
        if (!ended && unanswered == 0) {
            ended = true;
            call.onCompleted();
        }
    }

    /** The client has gone. */
    @Override
    public synchronized void onError(Throwable failure) {
        ended = true;
    }
}
