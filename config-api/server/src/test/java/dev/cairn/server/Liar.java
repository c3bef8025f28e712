package dev.cairn.server;

import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.WatchResponse;
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
import java.util.Iterator;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
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

    /** Has the honest replica do what {@code method} asks for, and then says that it failed. */
    static Channel denying(Channel honest, MethodDescriptor<?, ?> denied, Status status) {
        return ClientInterceptors.intercept(honest, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                if (!method.getFullMethodName().equals(denied.getFullMethodName())) {
                    return next.newCall(method, options);
                }
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<R> listener, Metadata headers) {
                        super.start(
                                new SimpleForwardingClientCallListener<>(listener) {
                                    @Override
                                    public void onMessage(R message) {}

                                    @Override
                                    public void onClose(Status done, Metadata trailers) {
                                        super.onClose(status, trailers);
                                    }
                                },
                                headers);
                    }
                };
            }
        });
    }

    /** Ends every call with {@code status}, and asks nobody. */
    static Channel failing(Status status) {
        return new Silent(_ -> Optional.empty(), status);
    }

    /** Gives each call the one of {@code answers} that is of its type, and asks nobody. */
    static Channel replaying(List<?> answers) {
        return new Silent(
                type -> answers.stream().filter(type::isInstance).findFirst().map(type::cast), Status.UNIMPLEMENTED);
    }

    static Channel replaying(Object answer) {
        return replaying(List.of(answer));
    }

    /** Carries watches by giving these messages, one whenever the caller asks for one; what else is asked is answered honestly. */
    static Channel dripping(Channel honest, List<WatchResponse> messages) {
        return ClientInterceptors.intercept(honest, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                boolean isWatch = method.getFullMethodName()
                        .equals(StoreGrpc.getWatchMethod().getFullMethodName());
                return isWatch ? new Drip<>(messages, responseType(method)) : next.newCall(method, options);
            }
        });
    }

    private static <Q, R> Class<R> responseType(MethodDescriptor<Q, R> method) {
        return ((MethodDescriptor.PrototypeMarshaller<R>) method.getResponseMarshaller()).getMessageClass();
    }

    private static final class Drip<Q, R> extends ClientCall<Q, R> {
        private final Iterator<WatchResponse> left;
        private final Class<R> type;
        private @Nullable Listener<R> listener;

        Drip(List<WatchResponse> messages, Class<R> type) {
            this.left = messages.iterator();
            this.type = type;
        }

        @Override
        public void start(Listener<R> started, Metadata headers) {
            listener = started;
        }

        @Override
        public void request(int messages) {
            for (int i = 0; i < messages && left.hasNext(); i++) {
                Objects.requireNonNull(listener).onMessage(type.cast(left.next()));
            }
        }

        @Override
        public void cancel(@Nullable String message, @Nullable Throwable cause) {}

        @Override
        public void halfClose() {}

        @Override
        public void sendMessage(Q message) {}
    }

    /** What to say to a question that is answered by messages of a type. */
    private interface Answers {
        Optional<?> of(Class<?> type);
    }

    /** Asks nobody. */
    private static final class Silent extends Channel {
        private final Answers answers;
        private final Status otherwise;

        /** @param otherwise where there is no answer */
        Silent(Answers answers, Status otherwise) {
            this.answers = answers;
            this.otherwise = otherwise;
        }

        @Override
        public String authority() {
            return "nobody";
        }

        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
            Class<R> type = responseType(method);
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
                public void halfClose() {
                    Listener<R> told = Objects.requireNonNull(listener);
                    Optional<R> answer = answers.of(type).map(type::cast);
                    answer.ifPresent(told::onMessage);
                    told.onClose(answer.isPresent() ? Status.OK : otherwise, new Metadata());
                }

                @Override
                public void sendMessage(Q message) {}
            };
        }
    }
}
