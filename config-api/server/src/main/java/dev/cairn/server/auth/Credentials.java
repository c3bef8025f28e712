package dev.cairn.server.auth;

import dev.cairn.server.net.PeerName;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import java.util.Optional;

/**
 * What a call brings to show who makes it, unexamined.
 *
 * @param token of the metadata, if there is one
 * @param commonName of the client's certificate, which the TLS layer has verified
 */
public record Credentials(Optional<String> token, Optional<String> commonName) {
    public static final Credentials NONE = new Credentials(Optional.empty(), Optional.empty());

    private static final Context.Key<Credentials> KEY = Context.keyWithDefault("credentials", NONE);
    private static final Metadata.Key<String> TOKEN = key("token");
    private static final Metadata.Key<String> AUTHORIZATION = key("authorization");

    /** etcd's JSON gateway marks its calls so: the certificate in front of them is not the caller's. */
    private static final Metadata.Key<String> GATEWAY = key("grpcgateway-accept");

    private static final String BEARER = "Bearer ";

    private static Metadata.Key<String> key(String name) {
        return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
    }

    /** Those of the call that is being handled. */
    public static Credentials current() {
        return KEY.get();
    }

    /** Keeps each call's. */
    public static final class Keeper implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            return Contexts.interceptCall(Context.current().withValue(KEY, of(call, headers)), call, headers, next);
        }
    }

    static Credentials of(ServerCall<?, ?> call, Metadata headers) {
        String token = Optional.ofNullable(headers.get(TOKEN)).orElse(headers.get(AUTHORIZATION));
        Optional<String> commonName = Optional.ofNullable(call.getAttributes().get(PeerName.ATTRIBUTE));
        return new Credentials(
                Optional.ofNullable(token)
                        .map(text -> text.startsWith(BEARER) ? text.substring(BEARER.length()) : text),
                headers.containsKey(GATEWAY) ? Optional.empty() : commonName);
    }
}
