package dev.cairn.server.etcd;

import static dev.cairn.server.etcd.LockService.bytes;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.v3electionpb.CampaignRequest;
import dev.cairn.proto.v3electionpb.CampaignResponse;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3electionpb.LeaderKey;
import dev.cairn.proto.v3electionpb.LeaderRequest;
import dev.cairn.proto.v3electionpb.LeaderResponse;
import dev.cairn.proto.v3electionpb.ProclaimRequest;
import dev.cairn.proto.v3electionpb.ProclaimResponse;
import dev.cairn.proto.v3electionpb.ResignRequest;
import dev.cairn.proto.v3electionpb.ResignResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * etcd's Election service: the leader is whoever has the oldest key below the election's name, and the key's value is
 * what it says.
 */
public final class ElectionService extends ElectionGrpc.ElectionImplBase {
    private static final String NO_LEADER_KEY = "\"leader\" field must be provided";
    private static final String NOT_LEADER = "election: not leader";
    private static final String NO_LEADER = "election: no leader";

    private final LocalClient local;
    private final RecipeCalls calls;

    public ElectionService(LocalClient local, RecipeCalls calls) {
        this.local = local;
        this.calls = calls;
    }

    // The candidate.

    /** A candidate's key, and the revision of the transaction by which it came in, or came back. */
    private record Candidacy(Bytes key, long lease, long created, long revision) {}

    @Override
    public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> observer) {
        LocalClient client = local.ofCaller();
        Bytes prefix = Recipes.prefix(bytes(request.getName()));
        Bytes value = bytes(request.getValue());
        calls.run(
                observer,
                caller -> client.session(request.getLease())
                        .thenCompose(lease -> enter(client, Recipes.key(prefix, lease), lease, value))
                        .thenCompose(entered -> win(client, prefix, entered, caller))
                        .thenApply(won -> CampaignResponse.newBuilder()
                                .setHeader(client.headers().at(won.revision()))
                                .setLeader(LeaderKey.newBuilder()
                                        .setName(request.getName())
                                        .setKey(Pairs.string(won.key()))
                                        .setRev(won.created())
                                        .setLease(won.lease()))
                                .build()));
    }

    private static CompletableFuture<Candidacy> enter(LocalClient client, Bytes key, long lease, Bytes value) {
        CompletableFuture<Outcome.Txn> entered = client.txn(
                Recipes.ifCreatedAt(key, 0, List.of(Recipes.put(key, value, lease)), List.of(Recipes.get(key))));
        return entered.thenCompose(txn -> {
            if (txn.succeeded()) {
                return CompletableFuture.completedFuture(new Candidacy(key, lease, txn.revision(), txn.revision()));
            }
            KeyVersion own =
                    ((Outcome.Ranged) txn.responses().getFirst()).versions().getFirst();
            return comeBack(client, own, new Candidacy(key, lease, own.createRevision(), txn.revision()), value);
        });
    }

    /** Who is a candidate already may have something else to say. */
    private static CompletableFuture<Candidacy> comeBack(
            LocalClient client, KeyVersion own, Candidacy candidacy, Bytes value) {
        return client.value(own).thenCompose(said -> {
            if (said.equals(value)) {
                return CompletableFuture.completedFuture(candidacy);
            }
            return proclaim(client, candidacy.key(), candidacy.created(), candidacy.lease(), value)
                    .whenComplete((_, failure) -> {
                        if (failure != null) {
                            var _ = resign(client, candidacy.key(), candidacy.created());
                        }
                    })
                    .thenApply(_ -> candidacy);
        });
    }

    private static CompletableFuture<Candidacy> win(
            LocalClient client, Bytes prefix, Candidacy candidacy, Recipes.Caller caller) {
        return Recipes.turn(client, prefix, candidacy.created(), caller)
                .whenComplete((_, failure) -> {
                    if (failure != null && caller.hasLeft()) {
                        var _ = resign(client, candidacy.key(), candidacy.created());
                    }
                })
                .thenApply(_ -> candidacy);
    }

    @Override
    public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> observer) {
        LocalClient client = local.ofCaller();
        LeaderKey leader = request.getLeader();
        calls.run(
                observer,
                _ -> !request.hasLeader()
                        ? LocalClient.failed(NO_LEADER_KEY)
                        : client.session(leader.getLease())
                                .thenCompose(lease -> proclaim(
                                        client,
                                        bytes(leader.getKey()),
                                        leader.getRev(),
                                        lease,
                                        bytes(request.getValue())))
                                .thenApply(revision -> ProclaimResponse.newBuilder()
                                        .setHeader(client.headers().at(revision))
                                        .build()));
    }

    private static CompletableFuture<Long> proclaim(
            LocalClient client, Bytes key, long created, long lease, Bytes value) {
        CompletableFuture<Outcome.Txn> said =
                client.txn(Recipes.ifCreatedAt(key, created, List.of(Recipes.put(key, value, lease)), List.of()));
        return said.thenCompose(txn ->
                txn.succeeded() ? CompletableFuture.completedFuture(txn.revision()) : LocalClient.failed(NOT_LEADER));
    }

    @Override
    public void resign(ResignRequest request, StreamObserver<ResignResponse> observer) {
        LocalClient client = local.ofCaller();
        LeaderKey leader = request.getLeader();
        calls.run(
                observer,
                _ -> !request.hasLeader()
                        ? LocalClient.failed(NO_LEADER_KEY)
                        : resign(client, bytes(leader.getKey()), leader.getRev())
                                .thenApply(txn -> ResignResponse.newBuilder()
                                        .setHeader(client.headers().at(txn.revision()))
                                        .build()));
    }

    private static CompletableFuture<Outcome.Txn> resign(LocalClient client, Bytes key, long created) {
        return client.txn(Recipes.ifCreatedAt(key, created, List.of(Recipes.delete(key)), List.of()));
    }

    // Everybody else.

    @Override
    public void leader(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
        LocalClient client = local.ofCaller();
        calls.run(
                observer,
                _ -> client.range(Recipes.first(Recipes.prefix(bytes(request.getName()))))
                        .thenCompose(found ->
                                found.versions().isEmpty() ? LocalClient.failed(NO_LEADER) : response(client, found)));
    }

    private static CompletableFuture<LeaderResponse> response(LocalClient client, Outcome.Ranged found) {
        return Observation.response(client, found);
    }

    @Override
    public void observe(LeaderRequest request, StreamObserver<LeaderResponse> observer) {
        new Observation(local.ofCaller(), calls, Recipes.prefix(bytes(request.getName())), (ServerCallStreamObserver<
                                LeaderResponse>)
                        observer)
                .begin();
    }
}
