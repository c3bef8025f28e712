package dev.cairn.cli.bench;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Some watches that share one gRPC stream. A stream that ends is not opened again: what its watches then miss is reported as
 * lost, which is what this measurement is for.
 */
final class WatchStream implements ClientResponseObserver<WatchRequest, WatchResponse> {
    private final List<Watcher> watchers;
    private final Audience audience;
    private volatile boolean closing;
    private volatile @Nullable ClientCallStreamObserver<WatchRequest> requests;

    private WatchStream(List<Watcher> watchers, Audience audience) {
        this.watchers = watchers;
        this.audience = audience;
    }

    static WatchStream open(
            Channel connection, ByteString key, ByteString rangeEnd, List<Watcher> watchers, Audience audience) {
        WatchStream stream = new WatchStream(watchers, audience);
        var requests = WatchGrpc.newStub(connection).watch(stream);
        for (int i = 0; i < watchers.size(); i++) {
            requests.onNext(WatchRequest.newBuilder()
                    .setCreateRequest(WatchCreateRequest.newBuilder()
                            .setKey(key)
                            .setRangeEnd(rangeEnd)
                            .setWatchId(watchId(i)))
                    .build());
        }
        return stream;
    }

    void close() {
        closing = true;
        ClientCallStreamObserver<WatchRequest> open = requests;
        if (open != null) {
            open.cancel("the run is over", null);
        }
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<WatchRequest> stream) {
        requests = stream;
    }

    @Override
    public void onNext(WatchResponse response) {
        int index = (int) response.getWatchId() - 1;
        if (response.getCanceled()) {
            broke("CANCELED", "a watch was cancelled: " + response.getCancelReason());
            if (index >= 0 && index < watchers.size()) {
                audience.broke(watchers.get(index));
            } else {
                audience.created(); // a refusal names no watch
            }
        } else if (index < 0 || index >= watchers.size()) {
            broke("INTERNAL", "a response for watch " + response.getWatchId() + ", which nobody asked for");
        } else if (response.getCreated()) {
            audience.created();
        } else {
            Watcher watcher = watchers.get(index);
            response.getEventsList().forEach(event -> audience.delivered(watcher, event));
        }
    }

    @Override
    public void onError(Throwable failure) {
        if (!closing) {
            audience.errors().add(failure);
            watchers.forEach(audience::broke);
        }
    }

    @Override
    public void onCompleted() {
        onError(Status.UNAVAILABLE
                .withDescription("the server ended a watch stream")
                .asRuntimeException());
    }

    private void broke(String code, String description) {
        if (!closing) {
            audience.errors().add(code, description);
        }
    }

    /** Ids of our own choice, from 1: 0 would ask the server to choose. */
    private static long watchId(int index) {
        return index + 1L;
    }
}
