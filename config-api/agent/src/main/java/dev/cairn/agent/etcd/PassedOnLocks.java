package dev.cairn.agent.etcd;

import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.proto.v3lockpb.LockRequest;
import dev.cairn.proto.v3lockpb.LockResponse;
import dev.cairn.proto.v3lockpb.UnlockRequest;
import dev.cairn.proto.v3lockpb.UnlockResponse;
import io.grpc.stub.StreamObserver;

/** etcd's Lock service, passed on: that a lock is held is a replica's word. */
final class PassedOnLocks extends LockGrpc.LockImplBase {
    private final PassedOn passedOn;

    PassedOnLocks(PassedOn passedOn) {
        this.passedOn = passedOn;
    }

    @Override
    public void lock(LockRequest request, StreamObserver<LockResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> LockGrpc.newStub(channel).lock(request, replies));
    }

    @Override
    public void unlock(UnlockRequest request, StreamObserver<UnlockResponse> responses) {
        passedOn.unary(
                responses, (channel, replies) -> LockGrpc.newStub(channel).unlock(request, replies));
    }
}
