package dev.cairn.server.etcd;

import dev.cairn.server.Consensus;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;

/** Turns away calls that ask for a leader ({@code hasleader: true}) while this replica is between two primaries. */
public final class LeaderGate implements ServerInterceptor {
    private static final Metadata.Key<String> HAS_LEADER =
            Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<Boolean> REQUIRED = Context.keyWithDefault("hasleader", false);

    private final Consensus consensus;

    public LeaderGate(Consensus consensus) {
        this.consensus = consensus;
    }

    /** Whether the call being served must end when the leader is lost. */
    static boolean isLeaderRequired() {
        return REQUIRED.get();
    }

    @Override
    public <Q, R> ServerCall.Listener<Q> interceptCall(
            ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
        if (!"true".equals(headers.get(HAS_LEADER))) {
            return next.startCall(call, headers);
        }
        if (consensus.status().changing()) {
            call.close(EtcdError.NO_LEADER.status(), new Metadata());
            return new ServerCall.Listener<>() {};
        }
        return Contexts.interceptCall(Context.current().withValue(REQUIRED, true), call, headers, next);
    }
}
