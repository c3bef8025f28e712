package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.server.Consensus;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Set;

/** Turns away all calls that look into the state while it is not to be trusted. */
public final class QuarantineGate implements ServerInterceptor {
    private static final Set<String> STATEFUL = Set.of(
            AuthGrpc.SERVICE_NAME,
            KVGrpc.SERVICE_NAME,
            WatchGrpc.SERVICE_NAME,
            LeaseGrpc.SERVICE_NAME,
            LockGrpc.SERVICE_NAME,
            ElectionGrpc.SERVICE_NAME,
            StoreGrpc.SERVICE_NAME);

    private final Consensus consensus;

    public QuarantineGate(Consensus consensus) {
        this.consensus = consensus;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String service = call.getMethodDescriptor().getServiceName();
        if (consensus.status().quarantined() && service != null && STATEFUL.contains(service)) {
            call.close(EtcdError.QUARANTINED.status(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }
}
