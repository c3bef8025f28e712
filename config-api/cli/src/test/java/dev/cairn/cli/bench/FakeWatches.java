package dev.cairn.cli.bench;

import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.KeyValue;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;

/** Watches of everything, told of each put at once; what a watcher really gets is up to a script. */
final class FakeWatches extends WatchGrpc.WatchImplBase {
    private record Open(long id, StreamObserver<WatchResponse> answers) {}

    private final List<Open> open = new CopyOnWriteArrayList<>();

    /** What the watch with this id gets for a put: normally that put, once. */
    volatile BiFunction<Long, KeyValue, List<KeyValue>> delivery = (_, pair) -> List.of(pair);

    volatile boolean refuses;

    @Override
    public StreamObserver<WatchRequest> watch(StreamObserver<WatchResponse> answers) {
        return new StreamObserver<>() {
            @Override
            public void onNext(WatchRequest request) {
                if (refuses) {
                    answers.onNext(WatchResponse.newBuilder()
                            .setCreated(true)
                            .setCanceled(true)
                            .setWatchId(-1)
                            .setCancelReason("etcdserver: permission denied")
                            .build());
                    return;
                }
                long id = request.getCreateRequest().getWatchId();
                open.add(new Open(id, answers));
                answers.onNext(WatchResponse.newBuilder()
                        .setCreated(true)
                        .setWatchId(id)
                        .build());
            }

            @Override
            public void onError(Throwable failure) {
                open.removeIf(watch -> watch.answers().equals(answers));
            }

            @Override
            public void onCompleted() {
                answers.onCompleted();
            }
        };
    }

    void tell(KeyValue pair) {
        for (Open watch : open) {
            WatchResponse.Builder response = WatchResponse.newBuilder().setWatchId(watch.id());
            for (KeyValue told : delivery.apply(watch.id(), pair)) {
                response.addEvents(Event.newBuilder().setKv(told));
            }
            if (response.getEventsCount() > 0) {
                watch.answers().onNext(response.build());
            }
        }
    }

    void breakOff(RuntimeException failure) {
        open.forEach(watch -> watch.answers().onError(failure));
        open.clear();
    }
}
