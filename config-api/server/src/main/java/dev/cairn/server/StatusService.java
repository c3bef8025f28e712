package dev.cairn.server;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.codec.RecordCodec;
import dev.cairn.proto.v1.PeerStatus;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.ReplicaStatusRequest;
import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.proto.v1.TransferStatus;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.Digest;
import dev.cairn.server.etcd.ClusterIdentity;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.metrics.ProcessGauges;
import io.grpc.stub.StreamObserver;

/** Answers {@code cairn status}. */
final class StatusService extends ReplicaGrpc.ReplicaImplBase {
    private final Consensus consensus;
    private final StoreGauges store;
    private final Gateway gateway;
    private final ProcessGauges process;
    private final ClusterIdentity cluster;
    private final String version;

    StatusService(
            Consensus consensus,
            StoreGauges store,
            Gateway gateway,
            ProcessGauges process,
            ClusterIdentity cluster,
            String version) {
        this.consensus = consensus;
        this.store = store;
        this.gateway = gateway;
        this.process = process;
        this.cluster = cluster;
        this.version = version;
    }

    @Override
    public void status(ReplicaStatusRequest request, StreamObserver<ReplicaStatusResponse> responses) {
        ReplicaStatus replica = consensus.status();
        ReplicaStatusResponse.Builder response = ReplicaStatusResponse.newBuilder()
                .setReplica(replica.self().index())
                .setReplicas(cluster.members().size())
                .setChainId(bytes(cluster.chainId()))
                .setVersion(version)
                .setView(replica.view().number())
                .setChanging(replica.changing())
                .setPrimary(replica.primary().index())
                .setCommittedHeight(replica.committed().value())
                .setCommittedBlock(bytes(replica.committedBlock()))
                .setStateRoot(bytes(replica.stateRoot()))
                .setProposedHeight(replica.proposed().value())
                .setStableCheckpoint(replica.stableCheckpoint().value())
                .setRevision(store.revision())
                .setCompactRevision(store.compactRevision())
                .setWaitingRequests(replica.waitingRequests())
                .setCandidateBlocks(replica.candidateBlocks())
                .setGatewayWaitingCalls(gateway.waitingCalls())
                .setGatewayOutstandingRequests(gateway.outstandingRequests())
                .setUptimeMillis(process.uptimeMillis())
                .setResidentBytes(process.residentBytes());
        for (ReplicaStatus.Peer peer : replica.peers()) {
            response.addPeers(PeerStatus.newBuilder()
                    .setReplica(peer.id().index())
                    .setView(peer.view().number())
                    .setCommittedHeight(peer.committed().value())
                    .setSilentMillis(peer.silentTicks() * Timeouts.TICK_MILLIS));
        }
        response.setQuarantined(replica.quarantined());
        consensus
                .transfer()
                .ifPresent(transfer -> response.setTransfer(TransferStatus.newBuilder()
                        .setAnchorHeight(transfer.anchor().value())
                        .setChunks(transfer.chunks())
                        .setBytes(transfer.bytes())));
        replica.evidence().forEach(evidence -> response.addEvidence(RecordCodec.toProto(evidence)));
        responses.onNext(response.build());
        responses.onCompleted();
    }

    private static ByteString bytes(Digest digest) {
        return UnsafeByteOperations.unsafeWrap(digest.toArray());
    }
}
