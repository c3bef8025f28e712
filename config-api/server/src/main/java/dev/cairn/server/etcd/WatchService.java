package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.server.watch.Outlet;
import dev.cairn.server.watch.WatchHub;
import dev.cairn.server.watch.WatchStream;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Connects watch streams to the hub. A stream's next request is taken off the wire when the hub has handled the last. */
public final class WatchService extends WatchGrpc.WatchImplBase {
    private final WatchHub hub;
    private final Headers headers;
    private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();
    private final Set<WatchStream> needLeader = ConcurrentHashMap.newKeySet();

    public WatchService(WatchHub hub, Headers headers) {
        this.hub = hub;
        this.headers = headers;
    }

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> responses) {
        ServerCallStreamObserver<WatchResponse> call = (ServerCallStreamObserver<WatchResponse>) responses;
        WatchStream stream = hub.open(new CallOutlet(call), headers::at);
        call.disableAutoRequest();
        streams.add(stream);
        if (LeaderGate.isLeaderRequired()) {
            needLeader.add(stream);
        }
        call.setOnReadyHandler(stream::ready);
        call.setOnCancelHandler(() -> {
            forget(stream);
            stream.gone();
        });
        call.request(1);
        return new Requests(stream, call);
    }

    /** The leader has been missing for long: ends the streams that asked not to be kept in the dark. */
    public void leaderLost() {
        end(needLeader, EtcdError.NO_LEADER);
    }

    /** What the state says is not to be trusted any more: ends all streams. */
    public void quarantined() {
        end(streams, EtcdError.QUARANTINED);
    }

    private void end(Set<WatchStream> some, EtcdError why) {
        List<WatchStream> ended = List.copyOf(some);
        ended.forEach(this::forget);
        ended.forEach(stream -> stream.end(why.status()));
    }

    private void forget(WatchStream stream) {
        streams.remove(stream);
        needLeader.remove(stream);
    }

    private record Requests(WatchStream stream, ServerCallStreamObserver<WatchResponse> call)
            implements StreamObserver<WatchRequest> {
        @Override
        public void onNext(WatchRequest request) {
            switch (request.getRequestUnionCase()) {
                case CREATE_REQUEST -> stream.create(request.getCreateRequest(), this::next);
                case CANCEL_REQUEST -> stream.cancel(request.getCancelRequest().getWatchId(), this::next);
                case PROGRESS_REQUEST -> stream.requestProgress(this::next);
                case REQUESTUNION_NOT_SET -> next();
            }
        }

        private void next() {
            call.request(1);
        }

        @Override
        public void onError(Throwable failure) {
            stream.gone();
        }

        /** A client that has nothing more to ask still wants its events. */
        @Override
        public void onCompleted() {}
    }

    private record CallOutlet(ServerCallStreamObserver<WatchResponse> call) implements Outlet {
        @Override
        public boolean isReady() {
            return call.isReady();
        }

        @Override
        public void send(WatchResponse response) {
            call.onNext(response);
        }

        @Override
        public void close(Status status) {
            call.onError(status.asRuntimeException());
        }
    }
}
