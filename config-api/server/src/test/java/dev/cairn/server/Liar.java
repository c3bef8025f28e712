package dev.cairn.server;

import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.ForwardingClientCallListener.SimpleForwardingClientCallListener;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Replicas that do not tell the truth: what stands between a client and an honest one. */
final class Liar {
    private Liar() {}

    /** Asks the honest replica something else than the client did. */
    static Channel askingFor(Channel honest, UnaryOperator<Object> question) {
        return altering(honest, question, UnaryOperator.identity());
    }

    /** Changes what the honest replica says. */
    static Channel saying(Channel honest, UnaryOperator<Object> lie) {
        return altering(honest, UnaryOperator.identity(), lie);
    }

    private static Channel altering(Channel honest, UnaryOperator<Object> question, UnaryOperator<Object> lie) {
        return ClientInterceptors.intercept(honest, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<R> listener, Metadata headers) {
                        super.start(
                                new SimpleForwardingClientCallListener<>(listener) {
                                    @Override
                                    @SuppressWarnings("unchecked")
                                    public void onMessage(R message) {
                                        super.onMessage((R) lie.apply(message));
                                    }
                                },
                                headers);
                    }

                    @Override
                    @SuppressWarnings("unchecked")
                    public void sendMessage(Q message) {
                        super.sendMessage((Q) question.apply(message));
                    }
                };
            }
        });
    }

    /** Answers everything with one message, and asks nobody. */
    static Channel replaying(Object answer) {
        return new Channel() {
            @Override
            public String authority() {
                return "replay";
            }

            @Override
            public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
                return new ClientCall<>() {
                    private @Nullable Listener<R> listener;

                    @Override
                    public void start(Listener<R> started, Metadata headers) {
                        listener = started;
                    }

                    @Override
                    public void request(int messages) {}

                    @Override
                    public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                    @Override
                    @SuppressWarnings("unchecked")
                    public void halfClose() {
                        Listener<R> told = Objects.requireNonNull(listener);
                        told.onMessage((R) answer);
                        told.onClose(Status.OK, new Metadata());
                    }

                    @Override
                    public void sendMessage(Q message) {}
                };
            }
        };
    }
}
