package dev.cairn.server.etcd;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.mvccpb.Event;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.proto.v3electionpb.LeaderResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.watch.WatchStream;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/**
 * Tells one caller who leads, then each thing that the leader says, and when the leader is gone who leads next. One
 * watch at a time: until somebody leads on everything below the name, then on the leader's key.
 */
final class Observation {
    private final LocalClient client;
    private final RecipeCalls calls;
    private final Bytes prefix;
    private final ServerCallStreamObserver<LeaderResponse> call;
    private final Recipes.Caller caller = new Recipes.Caller();
    private Optional<WatchStream> watch = Optional.empty();
    private boolean ended;

    Observation(LocalClient client, RecipeCalls calls, Bytes prefix, ServerCallStreamObserver<LeaderResponse> call) {
        this.client = client;
        this.calls = calls;
        this.prefix = prefix;
        this.call = call;
    }

    void begin() {
        if (!calls.admit(caller)) {
            call.onError(EtcdError.TOO_MANY_REQUESTS.exception());
            return;
        }
        CompletableFuture<Void> left = new CompletableFuture<>();
        var _ = left.whenComplete((_, why) -> fail(why));
        caller.waitFor(left);
        call.setOnCancelHandler(() -> end(() -> {}));
        call.setOnReadyHandler(this::ready);
        look();
    }

    private synchronized void ready() {
        watch.ifPresent(WatchStream::ready);
    }

    private void look() {
        var _ = client.range(Recipes.first(prefix)).whenComplete((found, failure) -> {
            if (failure != null) {
                fail(failure);
            } else if (found.versions().isEmpty()) {
                awaitFirst(found.revision());
            } else {
                KeyVersion leader = found.versions().getFirst();
                var _ = response(client, found).whenComplete((response, unread) -> {
                    if (unread != null) {
                        fail(unread);
                    } else {
                        tell(response);
                        follow(leader.key(), found.revision() + 1);
                    }
                });
            }
        });
    }

    static CompletableFuture<LeaderResponse> response(LocalClient client, Outcome.Ranged found) {
        KeyVersion leader = found.versions().getFirst();
        return client.value(leader)
                .thenApply(value -> LeaderResponse.newBuilder()
                        .setHeader(client.headers().at(found.revision()))
                        .setKv(Pairs.of(leader, leader.key(), value))
                        .build());
    }

    /** Whoever puts a key first leads. */
    private void awaitFirst(long fromRevision) {
        watch(
                WatchCreateRequest.newBuilder()
                        .setKey(Pairs.string(prefix))
                        .setRangeEnd(Pairs.string(KeySpan.prefix(prefix).until().orElse(Bytes.wrap(new byte[1]))))
                        .setStartRevision(fromRevision)
                        .addFilters(WatchCreateRequest.FilterType.NODELETE)
                        .build(),
                response -> {
                    if (response.getEventsCount() == 0) {
                        return true;
                    }
                    KeyValue leader = response.getEvents(0).getKv();
                    tell(LeaderResponse.newBuilder()
                            .setHeader(client.headers().at(leader.getModRevision()))
                            .setKv(leader)
                            .build());
                    follow(LockService.bytes(leader.getKey()), leader.getModRevision() + 1);
                    return false;
                });
    }

    private void follow(Bytes key, long fromRevision) {
        watch(
                WatchCreateRequest.newBuilder()
                        .setKey(Pairs.string(key))
                        .setStartRevision(fromRevision)
                        .build(),
                response -> {
                    for (Event event : response.getEventsList()) {
                        if (event.getType() == Event.EventType.DELETE) {
                            look();
                            return false;
                        }
                        tell(LeaderResponse.newBuilder()
                                .setHeader(response.getHeader())
                                .setKv(event.getKv())
                                .build());
                    }
                    return true;
                });
    }

    /** @param goesOn what is made of a response, and whether the next one is wanted too */
    private synchronized void watch(WatchCreateRequest request, Predicate<WatchResponse> goesOn) {
        watch.ifPresent(WatchStream::gone);
        if (ended) {
            return;
        }
        boolean[] over = {false}; // the hub's thread alone looks at it
        watch = Optional.of(client.watch(
                request,
                call::isReady,
                response -> over[0] = over[0] || !goesOn.test(response),
                _ -> end(call::onCompleted)));
    }

    private synchronized void tell(LeaderResponse response) {
        if (!ended) {
            call.onNext(response);
        }
    }

    private void fail(Throwable failure) {
        end(() -> call.onError(RecipeCalls.told(failure)));
    }

    private synchronized void end(Runnable last) {
        if (!ended) {
            ended = true;
            watch.ifPresent(WatchStream::gone);
            calls.leave(caller);
            last.run();
        }
    }
}
