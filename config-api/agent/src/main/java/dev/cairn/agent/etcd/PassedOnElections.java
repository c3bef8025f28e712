package dev.cairn.agent.etcd;

import dev.cairn.proto.v3electionpb.CampaignRequest;
import dev.cairn.proto.v3electionpb.CampaignResponse;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3electionpb.LeaderRequest;
import dev.cairn.proto.v3electionpb.LeaderResponse;
import dev.cairn.proto.v3electionpb.ProclaimRequest;
import dev.cairn.proto.v3electionpb.ProclaimResponse;
import dev.cairn.proto.v3electionpb.ResignRequest;
import dev.cairn.proto.v3electionpb.ResignResponse;
import io.grpc.stub.StreamObserver;

/** etcd's Election service, passed on: who leads is a replica's word. */
final class PassedOnElections extends ElectionGrpc.ElectionImplBase {
    private final PassedOn passedOn;

    PassedOnElections(PassedOn passedOn) {
        this.passedOn = passedOn;
    }

    @Override
    public void campaign(CampaignRequest request, StreamObserver<CampaignResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> ElectionGrpc.newStub(channel).campaign(request, replies));
    }

    @Override
    public void proclaim(ProclaimRequest request, StreamObserver<ProclaimResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> ElectionGrpc.newStub(channel).proclaim(request, replies));
    }

    @Override
    public void leader(LeaderRequest request, StreamObserver<LeaderResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> ElectionGrpc.newStub(channel).leader(request, replies));
    }

    @Override
    public void observe(LeaderRequest request, StreamObserver<LeaderResponse> responses) {
        passedOn.answers(
                responses, (channel, replies) -> ElectionGrpc.newStub(channel).observe(request, replies));
    }

    @Override
    public void resign(ResignRequest request, StreamObserver<ResignResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> ElectionGrpc.newStub(channel).resign(request, replies));
    }
}
