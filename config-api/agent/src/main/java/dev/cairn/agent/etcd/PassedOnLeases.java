package dev.cairn.agent.etcd;

import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantResponse;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveResponse;
import dev.cairn.proto.etcdserverpb.LeaseLeasesRequest;
import dev.cairn.proto.etcdserverpb.LeaseLeasesResponse;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeResponse;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveResponse;
import io.grpc.stub.StreamObserver;

/**
 * etcd's Lease service, passed on. That a lease was granted, or lives, is a replica's word; whoever lies about it can make a
 * client believe that its keys stay. What the keys hold is proven as ever.
 */
final class PassedOnLeases extends LeaseGrpc.LeaseImplBase {
    private final PassedOn passedOn;

    PassedOnLeases(PassedOn passedOn) {
        this.passedOn = passedOn;
    }

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> LeaseGrpc.newStub(channel).leaseGrant(request, replies));
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> LeaseGrpc.newStub(channel).leaseRevoke(request, replies));
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> responses) {
        return passedOn.stream(
                responses, (channel, replies) -> LeaseGrpc.newStub(channel).leaseKeepAlive(replies));
    }

    @Override
    public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> LeaseGrpc.newStub(channel).leaseTimeToLive(request, replies));
    }

    @Override
    public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> LeaseGrpc.newStub(channel).leaseLeases(request, replies));
    }
}
