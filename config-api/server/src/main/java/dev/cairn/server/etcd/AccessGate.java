package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.ReplicaGrpc;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.server.auth.Credentials;
import io.grpc.ForwardingServerCallListener.SimpleForwardingServerCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import java.util.Optional;
import java.util.Set;

/**
 * Turns away calls that are none of the caller's whatever they ask for. What is not named here is root's alone.
 */
public final class AccessGate implements ServerInterceptor {
    /** These tell nothing of the state's content, or look at each request themselves. */
    private static final Set<String> OTHERWISE_JUDGED = Set.of(
            KVGrpc.SERVICE_NAME,
            WatchGrpc.SERVICE_NAME,
            AuthGrpc.SERVICE_NAME,
            LockGrpc.SERVICE_NAME,
            ElectionGrpc.SERVICE_NAME,
            StoreGrpc.SERVICE_NAME,
            ReplicaGrpc.SERVICE_NAME,
            HealthGrpc.SERVICE_NAME,
            ServerReflectionGrpc.SERVICE_NAME);

    /** These tell of the chain what holds it together. A block's requests are what everybody wrote, and hashes of passwords. */
    private static final Set<String> FREE = Set.of(
            ChainGrpc.getHeadMethod().getFullMethodName(),
            ChainGrpc.getHeadersMethod().getFullMethodName(),
            ChainGrpc.getEvidenceMethod().getFullMethodName());

    private static final Set<String> EVERY_USERS = Set.of(
            MaintenanceGrpc.getStatusMethod().getFullMethodName(),
            ClusterGrpc.getMemberListMethod().getFullMethodName(),
            LeaseGrpc.getLeaseGrantMethod().getFullMethodName(),
            LeaseGrpc.getLeaseRevokeMethod().getFullMethodName(),
            LeaseGrpc.getLeaseKeepAliveMethod().getFullMethodName(),
            LeaseGrpc.getLeaseTimeToLiveMethod().getFullMethodName(),
            LeaseGrpc.getLeaseLeasesMethod().getFullMethodName());

    private static final String ALARM = MaintenanceGrpc.getAlarmMethod().getFullMethodName();

    private final Access access;

    public AccessGate(Access access) {
        this.access = access;
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        Credentials credentials = Credentials.current();
        MethodDescriptor<Q, R> method = call.getMethodDescriptor();
        if (method.getFullMethodName().equals(ALARM)) {
            return new Alarms<>(next.startCall(call, headers), call, credentials);
        }
        Optional<EtcdError> refusal = refusal(method, credentials);
        if (refusal.isPresent()) {
            call.close(refusal.get().status(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }

    private Optional<EtcdError> refusal(MethodDescriptor<?, ?> method, Credentials credentials) {
        String service = method.getServiceName();
        String name = method.getFullMethodName();
        boolean isOtherwiseJudged = service != null && OTHERWISE_JUDGED.contains(service);
        if (isOtherwiseJudged || FREE.contains(name)) {
            return Optional.empty();
        }
        return EVERY_USERS.contains(name) ? access.userRefusal(credentials) : access.rootRefusal(credentials);
    }

    /** Every user may ask which alarms there are; the request says whether that is all. */
    private final class Alarms<Q> extends SimpleForwardingServerCallListener<Q> {
        private final ServerCall<Q, ?> call;
        private final Credentials credentials;
        private boolean isRefused;

        Alarms(ServerCall.Listener<Q> next, ServerCall<Q, ?> call, Credentials credentials) {
            super(next);
            this.call = call;
            this.credentials = credentials;
        }

        @Override
        public void onMessage(Q message) {
            boolean asks = message instanceof AlarmRequest alarm && alarm.getAction() == AlarmRequest.AlarmAction.GET;
            Optional<EtcdError> refusal = asks ? access.userRefusal(credentials) : access.rootRefusal(credentials);
            if (refusal.isPresent()) {
                isRefused = true;
                call.close(refusal.get().status(), new Metadata());
            } else {
                super.onMessage(message);
            }
        }

        @Override
        public void onHalfClose() {
            if (!isRefused) {
                super.onHalfClose();
            }
        }
    }
}
