package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmResponse;
import dev.cairn.proto.etcdserverpb.DefragmentRequest;
import dev.cairn.proto.etcdserverpb.DefragmentResponse;
import dev.cairn.proto.etcdserverpb.DowngradeInfo;
import dev.cairn.proto.etcdserverpb.DowngradeRequest;
import dev.cairn.proto.etcdserverpb.DowngradeResponse;
import dev.cairn.proto.etcdserverpb.HashKVRequest;
import dev.cairn.proto.etcdserverpb.HashKVResponse;
import dev.cairn.proto.etcdserverpb.HashRequest;
import dev.cairn.proto.etcdserverpb.HashResponse;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.MoveLeaderRequest;
import dev.cairn.proto.etcdserverpb.MoveLeaderResponse;
import dev.cairn.proto.etcdserverpb.SnapshotRequest;
import dev.cairn.proto.etcdserverpb.SnapshotResponse;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.StatusResponse;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.server.Background;
import dev.cairn.server.Consensus;
import dev.cairn.server.StoreGauges;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.upkeep.KvHash;
import dev.cairn.server.upkeep.Upkeep;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.regex.Pattern;

/** A replica's condition in etcd's words: the term is the view, the indexes are heights, the leader is the primary. */
public final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    private static final Pattern DOWNGRADE_VERSION = Pattern.compile("[0-9]+\\.[0-9]+(\\.[0-9]+)?");

    private final Consensus consensus;
    private final StoreGauges store;
    private final ClusterIdentity cluster;
    private final Headers headers;
    private final Upkeep upkeep;
    private final Store reads;
    private final AlarmCalls alarms;
    private final LeaderMoves leaderMoves;

    /** Serves from the start; {@code reads} and {@code store} are of the same store. */
    public MaintenanceService(
            Consensus consensus,
            StoreGauges store,
            Store reads,
            Access access,
            ClusterIdentity cluster,
            Headers headers,
            Upkeep upkeep,
            Gateway gateway,
            ReadIndex readIndex,
            LeaderMoves leaderMoves,
            Background background) {
        this.consensus = consensus;
        this.store = store;
        this.cluster = cluster;
        this.headers = headers;
        this.upkeep = upkeep;
        this.reads = reads;
        this.leaderMoves = leaderMoves;
        this.alarms = new AlarmCalls(gateway, readIndex, reads, access, headers, background);
    }

    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> responses) {
        ReplicaStatus replica = consensus.status();
        // etcdctl divides by the size.
        long size = Math.max(1, store.diskBytes());
        StatusResponse.Builder response = StatusResponse.newBuilder()
                .setHeader(headers.at(store.revision()))
                .setVersion(EtcdVersion.SERVER)
                .setStorageVersion(EtcdVersion.STORAGE)
                .setDbSize(size)
                .setDbSizeInUse(Math.min(size, store.dataBytes()))
                .setDbSizeQuota(store.quotaBytes())
                .setDowngradeInfo(DowngradeInfo.getDefaultInstance())
                .setLeader(cluster.memberId(replica.primary()))
                .setRaftTerm(headers.term())
                .setRaftIndex(replica.proposed().value())
                .setRaftAppliedIndex(replica.committed().value());
        if (replica.quarantined()) {
            response.addErrors(EtcdError.QUARANTINED.description());
        }
        if (replica.changing()) {
            response.addErrors(EtcdError.NO_LEADER.description());
        }
        reads.alarms().forEach(alarm -> response.addErrors(AlarmCalls.text(alarm)));
        responses.onNext(response.build());
        responses.onCompleted();
    }

    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> responses) {
        if (!isQuarantined(responses)) {
            alarms.answer(request, responses);
        }
    }

    /** The store needs none; as in etcd the reply has no header. */
    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> responses) {
        responses.onNext(DefragmentResponse.getDefaultInstance());
        responses.onCompleted();
    }

    @Override
    public void moveLeader(MoveLeaderRequest request, StreamObserver<MoveLeaderResponse> responses) {
        leaderMoves.answer(request, responses);
    }

    /** There is no older Cairn to go down to; and so there is never anything to cancel, which etcd takes as done. */
    @Override
    public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> responses) {
        boolean isWellFormed = DOWNGRADE_VERSION.matcher(request.getVersion()).matches();
        if (request.getAction() == DowngradeRequest.DowngradeAction.CANCEL) {
            responses.onNext(DowngradeResponse.newBuilder()
                    .setHeader(headers.at(store.revision()))
                    .setVersion(EtcdVersion.MINOR)
                    .build());
            responses.onCompleted();
        } else if (isWellFormed) {
            responses.onError(EtcdError.INVALID_DOWNGRADE.exception());
        } else {
            responses.onError(EtcdError.WRONG_DOWNGRADE_FORMAT.exception());
        }
    }

    /** Of everything that is replicated: equal on replicas that have executed the same blocks. */
    @Override
    public void hash(HashRequest request, StreamObserver<HashResponse> responses) {
        if (isQuarantined(responses)) {
            return;
        }
        StoreGauges.Root root = store.root();
        responses.onNext(HashResponse.newBuilder()
                .setHeader(headers.at(root.revision()))
                .setHash((int) root.digest().a())
                .build());
        responses.onCompleted();
    }

    @Override
    public void hashKV(HashKVRequest request, StreamObserver<HashKVResponse> responses) {
        if (isQuarantined(responses)) {
            return;
        }
        if (!upkeep.hash(request.getRevision(), answer -> answer(answer, responses))) {
            responses.onError(EtcdError.TOO_MANY_REQUESTS.exception());
        }
    }

    private void answer(KvHash.Answer answer, StreamObserver<HashKVResponse> responses) {
        switch (answer) {
            case KvHash.Answer.Hashed hashed -> {
                responses.onNext(HashKVResponse.newBuilder()
                        .setHeader(headers.at(hashed.current()))
                        .setHash(hashed.hash())
                        .setCompactRevision(hashed.compactRevision())
                        .setHashRevision(hashed.hashRevision())
                        .build());
                responses.onCompleted();
            }
            case KvHash.Answer.Compacted _ -> responses.onError(EtcdError.COMPACTED.exception());
            case KvHash.Answer.Future _ -> responses.onError(EtcdError.FUTURE_REVISION.exception());
            case KvHash.Answer.Unreadable(String why) ->
                responses.onError(
                        Status.INTERNAL.withDescription("etcdserver: " + why).asRuntimeException());
        }
    }

    @Override
    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> responses) {
        if (isQuarantined(responses)) {
            return;
        }
        if (!upkeep.snapshot((ServerCallStreamObserver<SnapshotResponse>) responses)) {
            responses.onError(EtcdError.TOO_MANY_REQUESTS.exception());
        }
    }

    private boolean isQuarantined(StreamObserver<?> responses) {
        boolean quarantined = consensus.status().quarantined();
        if (quarantined) {
            responses.onError(EtcdError.QUARANTINED.exception());
        }
        return quarantined;
    }
}
