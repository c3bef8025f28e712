package dev.cairn.agent.etcd;

import dev.cairn.agent.Refusals;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.TrustedHead;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmResponse;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.StatusResponse;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.etcd.EtcdVersion;
import dev.cairn.server.etcd.Headers;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/**
 * What etcd's clients ask before they trust an endpoint. The condition told is the cluster's, as its newest certified block
 * shows it; an agent has no store of its own to tell of.
 */
final class AgentMaintenance extends MaintenanceGrpc.MaintenanceImplBase {
    private final CairnClient client;
    private final ClusterIdentity cluster;
    private final Headers headers;
    private final Refusals refusals;
    private final PassedOn passedOn;

    AgentMaintenance(
            CairnClient client, ClusterIdentity cluster, Headers headers, Refusals refusals, PassedOn passedOn) {
        this.client = client;
        this.cluster = cluster;
        this.headers = headers;
        this.refusals = refusals;
        this.passedOn = passedOn;
    }

    /** Blocks, on a virtual thread. */
    @Override
    public void status(StatusRequest request, StreamObserver<StatusResponse> responses) {
        TrustedHead head;
        try {
            head = client.head(Freshness.LINEARIZABLE).value();
        } catch (NotVerifiedException e) {
            refusals.saw(e.attempts());
            responses.onError(Status.UNAVAILABLE.withDescription(e.getMessage()).asRuntimeException());
            return;
        }
        long view = head.certificate()
                .map(certificate -> certificate.view().number())
                .orElse(0L);
        int primary = (int) (view % cluster.members().size());
        responses.onNext(StatusResponse.newBuilder()
                .setHeader(headers.at(head.revision()))
                .setVersion(EtcdVersion.SERVER)
                // etcdctl divides by the size.
                .setDbSize(1)
                .setDbSizeInUse(1)
                .setLeader(cluster.memberId(new ReplicaId(primary)))
                .setRaftTerm(headers.term())
                .setRaftIndex(head.height().value())
                .setRaftAppliedIndex(head.height().value())
                .build());
        responses.onCompleted();
    }

    /** Asking is passed on; raising and clearing is for those who reach a replica. */
    @Override
    public void alarm(AlarmRequest request, StreamObserver<AlarmResponse> responses) {
        if (request.getAction() == AlarmRequest.AlarmAction.GET) {
            passedOn.unary(
                    responses,
                    (channel, replies) -> MaintenanceGrpc.newStub(channel).alarm(request, replies));
        } else {
            super.alarm(request, responses);
        }
    }
}
