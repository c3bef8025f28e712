package dev.cairn.server.etcd;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.auth.Credentials;
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
    private final Access access;
    private final Set<WatchStream> streams = ConcurrentHashMap.newKeySet();
    private final Set<WatchStream> needLeader = ConcurrentHashMap.newKeySet();

    public WatchService(WatchHub hub, Headers headers, Access access) {
        this.hub = hub;
        this.headers = headers;
        this.access = access;
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
        return new Requests(stream, call, access, Credentials.current());
    }

    /** The leader has been missing for long: ends the streams that asked not to be kept in the dark. */
    public void leaderLost() {
        end(needLeader, EtcdError.NO_LEADER);
    }

    /** Ends all streams. */
    public void endAll(EtcdError why) {
        end(streams, why);
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

    private record Requests(
            WatchStream stream, ServerCallStreamObserver<WatchResponse> call, Access access, Credentials credentials)
            implements StreamObserver<WatchRequest> {
        /** What etcd takes an empty key for. */
        private static final Bytes LOWEST = Bytes.wrap(new byte[1]);

        @Override
        public void onNext(WatchRequest request) {
            switch (request.getRequestUnionCase()) {
                case CREATE_REQUEST -> create(request.getCreateRequest());
                case CANCEL_REQUEST -> stream.cancel(request.getCancelRequest().getWatchId(), this::next);
                case PROGRESS_REQUEST -> stream.requestProgress(this::next);
                case REQUESTUNION_NOT_SET -> next();
            }
        }

        /** Permissions are asked once, when the watch is made, as in etcd. */
        private void create(WatchCreateRequest request) {
            access.readRefusal(credentials, span(request))
                    .ifPresentOrElse(
                            refusal -> stream.refuse(refusal.asGoWritesIt(), this::next),
                            () -> stream.create(request, this::next));
        }

        private static KeySpan span(WatchCreateRequest request) {
            Bytes key = request.getKey().isEmpty()
                    ? LOWEST
                    : Bytes.wrap(request.getKey().toByteArray());
            return KeySpan.of(key, Bytes.wrap(request.getRangeEnd().toByteArray()));
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
