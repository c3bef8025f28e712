package dev.cairn.chaos.real;

import com.google.protobuf.ByteString;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Message;
import dev.cairn.genesis.HostPort;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.StoreGrpc;
import io.grpc.CallOptions;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What stands before an honest replica and lies in whatever it answers to clients that verify. */
final class LyingFrontEnd implements AutoCloseable {
    enum Lie {
        /** Changes a bit in everything that proves. */
        CORRUPT,
        /** Says again what it once said, which was true then. */
        REPEAT,
        /** Vouches alone, without a quorum. */
        UNCERTIFIED
    }

    private final Lie lie;
    private final ManagedChannel honest;
    private final Server server;
    private final Map<String, Message> first = new ConcurrentHashMap<>();
    private final AtomicInteger told = new AtomicInteger();

    LyingFrontEnd(HostPort replica, Lie lie) throws IOException {
        this.lie = lie;
        this.honest = NettyChannelBuilder.forAddress(replica.toSocketAddress())
                .usePlaintext()
                .build();
        this.server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .fallbackHandlerRegistry(new Everything())
                .build()
                .start();
    }

    HostPort address() {
        return new HostPort("127.0.0.1", server.getPort());
    }

    /** How many answers were lies. */
    int told() {
        return told.get();
    }

    private final class Everything extends HandlerRegistry {
        private final Map<String, MethodDescriptor<?, ?>> methods = new ConcurrentHashMap<>();

        Everything() {
            StoreGrpc.getServiceDescriptor().getMethods().forEach(this::add);
            ChainGrpc.getServiceDescriptor().getMethods().forEach(this::add);
        }

        private void add(MethodDescriptor<?, ?> method) {
            methods.put(method.getFullMethodName(), method);
        }

        @Override
        public @Nullable ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
            MethodDescriptor<?, ?> method = methods.get(name);
            return method == null ? null : relay(method);
        }
    }

    private <Q, R> ServerMethodDefinition<Q, R> relay(MethodDescriptor<Q, R> method) {
        // A call with one answer is a stream of one.
        return ServerMethodDefinition.create(
                method,
                ServerCalls.asyncServerStreamingCall((request, client) -> ClientCalls.asyncServerStreamingCall(
                        honest.newCall(method, CallOptions.DEFAULT), request, lying(method, client))));
    }

    private <R> StreamObserver<R> lying(MethodDescriptor<?, R> method, StreamObserver<R> client) {
        return new StreamObserver<>() {
            @Override
            @SuppressWarnings("unchecked")
            public void onNext(R answer) {
                told.incrementAndGet();
                client.onNext((R) lie(method.getFullMethodName(), (Message) answer));
            }

            @Override
            public void onError(Throwable failure) {
                client.onError(Status.fromThrowable(failure).asRuntimeException());
            }

            @Override
            public void onCompleted() {
                client.onCompleted();
            }
        };
    }

    private Message lie(String method, Message answer) {
        return switch (lie) {
            case CORRUPT -> corrupt(answer);
            case REPEAT -> {
                first.putIfAbsent(method, answer);
                yield Objects.requireNonNull(first.get(method));
            }
            case UNCERTIFIED -> uncertified(answer);
        };
    }

    private static Message corrupt(Message message) {
        Message.Builder changed = message.toBuilder();
        message.getAllFields().forEach((field, value) -> {
            if (value instanceof Message part) {
                changed.setField(field, corrupt(part));
            } else if (value instanceof ByteString bytes && !bytes.isEmpty()) {
                byte[] raw = bytes.toByteArray();
                raw[raw.length - 1] ^= 1;
                changed.setField(field, ByteString.copyFrom(raw));
            }
        });
        return changed.build();
    }

    private static Message uncertified(Message message) {
        FieldDescriptor head = message.getDescriptorForType().findFieldByName("head");
        if (head == null) {
            return message;
        }
        Message changed = (Message) message.getField(head);
        return message.toBuilder()
                .setField(
                        head,
                        changed.toBuilder()
                                .clearField(changed.getDescriptorForType().findFieldByName("certificate"))
                                .clearField(changed.getDescriptorForType().findFieldByName("testimony"))
                                .build())
                .build();
    }

    @Override
    public void close() {
        server.shutdownNow();
        honest.shutdownNow();
    }
}
