package dev.cairn.agent.etcd;

import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;

/** etcd's Auth service, of which nothing is served: who uses this node's agent is the agent's user, and manages nobody. */
final class NoSignIn extends AuthGrpc.AuthImplBase {
    @Override
    public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> responses) {
        responses.onError(Status.UNIMPLEMENTED
                .withDescription("etcdserver: nobody signs in at an agent, which asks as the user of its own"
                        + " configuration; connect without a user")
                .asRuntimeException());
    }
}
