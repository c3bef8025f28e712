package dev.cairn.client;

import io.grpc.CallCredentials;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Calls to one replica, each with the token that is good when it is sent. A token that was refused is not shown again. */
final class TokenCalls implements ClientInterceptor {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    private final Login login;
    private final SignInDesk desk;

    TokenCalls(Login login, SignInDesk desk) {
        this.login = login;
        this.desk = desk;
    }

    @Override
    public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
        Shown shown = new Shown();
        return new SimpleForwardingClientCall<>(next.newCall(method, options.withCallCredentials(shown))) {
            @Override
            public void start(Listener<R> responses, Metadata headers) {
                super.start(
                        new SimpleForwardingClientCallListener<>(responses) {
                            @Override
                            public void onClose(Status status, Metadata trailers) {
                                shown.judged(status);
                                super.onClose(status, trailers);
                            }
                        },
                        headers);
            }
        };
    }

    /** What one call shows. */
    private final class Shown extends CallCredentials {
        private volatile @Nullable SignedIn standing;

        @Override
        public void applyRequestMetadata(RequestInfo info, Executor executor, MetadataApplier applier) {
            executor.execute(() -> {
                var _ = login.standing(desk).whenComplete((found, failure) -> {
                    if (failure == null) {
                        standing = found;
                        Metadata headers = new Metadata();
                        found.token().ifPresent(token -> headers.put(TOKEN, token));
                        applier.apply(headers);
                    } else {
                        applier.fail(
                                failure instanceof SignInException refused
                                        ? refused.status()
                                        : Status.INTERNAL.withCause(failure));
                    }
                });
            });
        }

        void judged(Status status) {
            SignedIn shown = standing;
            if (shown != null && Login.isVoid(status)) {
                login.forget(shown);
            }
        }
    }
}
