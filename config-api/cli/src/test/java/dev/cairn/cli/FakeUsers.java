package dev.cairn.cli;

import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusResponse;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** One user, whose token calls must show once {@link #enable} was called. */
final class FakeUsers extends AuthGrpc.AuthImplBase implements ServerInterceptor {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Set<String> ASKED =
            Set.of(KVGrpc.SERVICE_NAME, WatchGrpc.SERVICE_NAME, ClusterGrpc.SERVICE_NAME);

    private volatile boolean enabled;
    private volatile String password = "";
    private final AtomicInteger asked = new AtomicInteger();

    /** From now on only ann is served. */
    void enable(String itsPassword) {
        password = itsPassword;
        enabled = true;
    }

    /** How often a password was sent. */
    int passwordsSent() {
        return asked.get();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        String service = String.valueOf(call.getMethodDescriptor().getServiceName());
        String token = headers.get(TOKEN);
        if (enabled && ASKED.contains(service) && !"anns".equals(token)) {
            call.close(
                    token == null
                            ? Status.INVALID_ARGUMENT.withDescription("etcdserver: user name is empty")
                            : Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"),
                    new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return next.startCall(call, headers);
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
        observer.onNext(AuthStatusResponse.newBuilder().setEnabled(enabled).build());
        observer.onCompleted();
    }

    @Override
    public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
        asked.incrementAndGet();
        if (request.getName().equals("ann") && request.getPassword().equals(password)) {
            observer.onNext(AuthenticateResponse.newBuilder().setToken("anns").build());
            observer.onCompleted();
        } else {
            observer.onError(Status.INVALID_ARGUMENT
                    .withDescription("etcdserver: authentication failed, invalid user ID or password")
                    .asRuntimeException());
        }
    }
}
