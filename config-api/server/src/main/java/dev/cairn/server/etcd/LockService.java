package dev.cairn.server.etcd;

import com.google.protobuf.ByteString;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.proto.v3lockpb.LockRequest;
import dev.cairn.proto.v3lockpb.LockResponse;
import dev.cairn.proto.v3lockpb.UnlockRequest;
import dev.cairn.proto.v3lockpb.UnlockResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * etcd's Lock service. The holder of a lock is whoever has the oldest key below its name, for as long as that key's
 * lease lives; what it does under the lock it should fence by the key's create revision.
 */
public final class LockService extends LockGrpc.LockImplBase {
    private static final String EXPIRED = "mutex: session is expired";

    private final LocalClient local;
    private final RecipeCalls calls;

    public LockService(LocalClient local, RecipeCalls calls) {
        this.local = local;
        this.calls = calls;
    }

    /** @param revision that the reply's header tells */
    private record Held(Bytes key, long revision) {}

    @Override
    public void lock(LockRequest request, StreamObserver<LockResponse> observer) {
        LocalClient client = local.ofCaller();
        Bytes prefix = Recipes.prefix(bytes(request.getName()));
        calls.run(
                observer,
                caller -> client.session(request.getLease())
                        .thenCompose(lease -> lock(client, prefix, lease, caller))
                        .thenApply(held -> LockResponse.newBuilder()
                                .setHeader(client.headers().at(held.revision()))
                                .setKey(Pairs.string(held.key()))
                                .build()));
    }

    private static CompletableFuture<Held> lock(LocalClient client, Bytes prefix, long lease, Recipes.Caller caller) {
        Bytes key = Recipes.key(prefix, lease);
        Operation.Range owner = Recipes.first(prefix);
        CompletableFuture<Outcome.Txn> entered = client.txn(Recipes.ifCreatedAt(
                key, 0, List.of(Recipes.put(key, Bytes.EMPTY, lease), owner), List.of(Recipes.get(key), owner)));
        return entered.thenCompose(txn -> {
            long created = txn.succeeded()
                    ? txn.revision()
                    : versions(txn.responses().get(0)).getFirst().createRevision();
            boolean isMine = versions(txn.responses().get(1)).getFirst().createRevision() == created;
            return isMine
                    ? CompletableFuture.completedFuture(new Held(key, txn.revision()))
                    : await(client, prefix, key, created, caller);
        });
    }

    /** Whoever waits no more takes its key away. */
    private static CompletableFuture<Held> await(
            LocalClient client, Bytes prefix, Bytes key, long created, Recipes.Caller caller) {
        return Recipes.turn(client, prefix, created, caller)
                .thenCompose(_ -> client.range(Recipes.get(key)))
                .whenComplete((_, failure) -> {
                    if (failure != null) {
                        var _ = client.write(Recipes.delete(key));
                    }
                })
                .thenCompose(own -> own.versions().stream().anyMatch(pair -> pair.createRevision() == created)
                        ? CompletableFuture.completedFuture(new Held(key, own.revision()))
                        : LocalClient.failed(EXPIRED));
    }

    private static List<KeyVersion> versions(Outcome outcome) {
        return ((Outcome.Ranged) outcome).versions();
    }

    @Override
    public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> observer) {
        LocalClient client = local.ofCaller();
        calls.run(
                observer,
                _ -> client.write(Recipes.delete(bytes(request.getKey())))
                        .thenApply(outcome -> UnlockResponse.newBuilder()
                                .setHeader(client.headers().at(outcome.revision()))
                                .build()));
    }

    static Bytes bytes(ByteString string) {
        return Bytes.wrap(string.toByteArray());
    }
}
