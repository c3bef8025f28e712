package dev.cairn.agent.etcd;

import dev.cairn.agent.Refusals;
import dev.cairn.client.CairnClient;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.server.etcd.Headers;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.Semaphore;

/** etcd's Watch service. Every watch is a verified one of its own, on a virtual thread. */
final class VerifiedWatches extends WatchGrpc.WatchImplBase {
    static final int MAX_WATCHES = 256;

    private final CairnClient client;
    private final Headers headers;
    private final Refusals refusals;
    private final Semaphore watches = new Semaphore(MAX_WATCHES);

    VerifiedWatches(CairnClient client, Headers headers, Refusals refusals) {
        this.client = client;
        this.headers = headers;
        this.refusals = refusals;
    }

    int open() {
        return MAX_WATCHES - watches.availablePermits();
    }

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> responses) {
        Outlet outlet = new Outlet((ServerCallStreamObserver<WatchResponse>) responses);
        WatchStream stream = new WatchStream(client, headers, refusals, watches, outlet);
        outlet.onGone(stream::close);
        return new StreamObserver<>() {
            @Override
            public void onNext(WatchRequest request) {
                switch (request.getRequestUnionCase()) {
                    case CREATE_REQUEST -> stream.create(request.getCreateRequest());
                    case CANCEL_REQUEST ->
                        stream.cancel(request.getCancelRequest().getWatchId());
                    case PROGRESS_REQUEST -> stream.tellProgress();
                    case REQUESTUNION_NOT_SET -> {}
                }
            }

            @Override
            public void onError(Throwable failure) {
                stream.close();
            }

            @Override
            public void onCompleted() {
                // A client that has nothing more to ask still wants its events.
            }
        };
    }
}
