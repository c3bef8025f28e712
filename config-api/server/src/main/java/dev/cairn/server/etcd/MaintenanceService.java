package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmResponse;
import dev.cairn.proto.etcdserverpb.DefragmentRequest;
import dev.cairn.proto.etcdserverpb.DefragmentResponse;
import dev.cairn.proto.etcdserverpb.DowngradeRequest;
import dev.cairn.proto.etcdserverpb.DowngradeResponse;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.StatusResponse;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.server.Consensus;
import dev.cairn.server.StoreGauges;
import io.grpc.stub.StreamObserver;

/** A replica's condition in etcd's words: the term is the view, the indexes are heights, the leader is the primary. */
public final class MaintenanceService extends MaintenanceGrpc.MaintenanceImplBase {
    private final Consensus consensus;
    private final StoreGauges store;
    private final ClusterIdentity cluster;
    private final Headers headers;

    public MaintenanceService(Consensus consensus, StoreGauges store, ClusterIdentity cluster, Headers headers) {
        this.consensus = consensus;
        this.store = store;
        this.cluster = cluster;
        this.headers = headers;
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
                .setDbSizeInUse(size)
                .setLeader(cluster.memberId(replica.primary()))
                .setRaftTerm(replica.view().number())
                .setRaftIndex(replica.proposed().value())
                .setRaftAppliedIndex(replica.committed().value());
        if (replica.quarantined()) {
            response.addErrors(EtcdError.QUARANTINED.description());
        }
        if (replica.changing()) {
            response.addErrors(EtcdError.NO_LEADER.description());
        }
        responses.onNext(response.build());
        responses.onCompleted();
    }

    /** There are no alarms yet: asking finds none, and clearing or raising nothing changes nothing. */
    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> responses) {
        responses.onNext(AlarmResponse.newBuilder()
                .setHeader(headers.at(store.revision()))
                .build());
        responses.onCompleted();
    }

    /** The store needs none; as in etcd the reply has no header. */
    @Override
    public void defragment(DefragmentRequest request, StreamObserver<DefragmentResponse> responses) {
        responses.onNext(DefragmentResponse.getDefaultInstance());
        responses.onCompleted();
    }

    @Override
    public void downgrade(DowngradeRequest request, StreamObserver<DowngradeResponse> responses) {
        responses.onError(EtcdError.INVALID_DOWNGRADE.exception());
    }
}
