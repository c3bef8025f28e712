package dev.cairn.chaos.real;

import com.google.protobuf.ByteString;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.SubmitRequest;
import dev.cairn.proto.v1.SubmitResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import io.grpc.CallOptions;
import io.grpc.HandlerRegistry;
import io.grpc.ManagedChannel;
import io.grpc.MethodDescriptor;
import io.grpc.Server;
import io.grpc.ServerMethodDefinition;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.ServerCalls;
import io.grpc.stub.StreamObserver;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What stands between clients and an honest replica, and lies about submissions: it alters them, tells outcomes of others,
 * keeps them to itself, or denies that they were done, in turn. Reads it passes on.
 */
final class LyingGateway implements AutoCloseable {
    enum Lie {
        DENY,
        ALTER,
        TELL_ANOTHER_OUTCOME,
        WITHHOLD
    }

    private final ManagedChannel honest;
    private final Server server;
    private final Map<Lie, Integer> told = new EnumMap<>(Lie.class);
    private int submissions;
    private @Nullable SubmitResponse kept;

    LyingGateway(HostPort replica) throws IOException {
        honest = NettyChannelBuilder.forAddress(replica.toSocketAddress())
                .usePlaintext()
                .build();
        server = NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
                .fallbackHandlerRegistry(new Everything())
                .build()
                .start();
    }

    HostPort address() {
        return new HostPort("127.0.0.1", server.getPort());
    }

    /** How often each lie was told. */
    synchronized Map<Lie, Integer> told() {
        return Map.copyOf(told);
    }

    private final class Everything extends HandlerRegistry {
        @Override
        public ServerMethodDefinition<?, ?> lookupMethod(String name, @Nullable String authority) {
            if (name.equals(StoreGrpc.getSubmitMethod().getFullMethodName())) {
                return ServerMethodDefinition.create(
                        StoreGrpc.getSubmitMethod(), ServerCalls.asyncUnaryCall(LyingGateway.this::submit));
            }
            MethodDescriptor<byte[], byte[]> method = MethodDescriptor.newBuilder(new Raw(), new Raw())
                    .setType(MethodDescriptor.MethodType.UNARY)
                    .setFullMethodName(name)
                    .build();
            return ServerMethodDefinition.create(
                    method,
                    ServerCalls.asyncUnaryCall((request, response) -> ClientCalls.asyncUnaryCall(
                            honest.newCall(method, CallOptions.DEFAULT), request, response)));
        }
    }

    private synchronized void submit(SubmitRequest request, StreamObserver<SubmitResponse> response) {
        Lie lie = Lie.values()[submissions++ % Lie.values().length];
        told.merge(lie, 1, Integer::sum);
        try {
            switch (lie) {
                case DENY -> {
                    kept = forward(request);
                    response.onError(Status.PERMISSION_DENIED
                            .withDescription("your change was refused")
                            .asRuntimeException());
                }
                case ALTER -> answer(response, forward(altered(request)));
                case TELL_ANOTHER_OUTCOME -> answer(response, Objects.requireNonNull(kept));
                case WITHHOLD -> response.onError(Status.UNAVAILABLE.asRuntimeException());
            }
        } catch (StatusRuntimeException e) {
            response.onError(e.getStatus().asRuntimeException());
        }
    }

    private SubmitResponse forward(SubmitRequest request) {
        return StoreGrpc.newBlockingStub(honest).submit(request);
    }

    private static void answer(StreamObserver<SubmitResponse> response, SubmitResponse answer) {
        response.onNext(answer);
        response.onCompleted();
    }

    /** The same with another text. */
    private static SubmitRequest altered(SubmitRequest request) {
        Bytes asked = Bytes.wrap(request.getOperations().toByteArray());
        List<Operation> operations = OperationCodec.decode(asked).orElseThrow().stream()
                .map(LyingGateway::altered)
                .toList();
        return request.toBuilder()
                .setOperations(
                        ByteString.copyFrom(OperationCodec.encode(operations).toArray()))
                .build();
    }

    private static Operation altered(Operation operation) {
        if (operation instanceof Operation.Unique(Digest nonce, Operation inner)) {
            return new Operation.Unique(nonce, altered(inner));
        }
        if (operation instanceof Operation.SubmitChange(Bytes text, List<Bytes> values, Bytes signature)) {
            return new Operation.SubmitChange(
                    Bytes.utf8(text.toUtf8().replace("\nreason ", "\nreason not to ")), values, signature);
        }
        if (operation instanceof Operation.EndorseChange(Bytes text, Bytes signature)) {
            return new Operation.EndorseChange(
                    Bytes.utf8(text.toUtf8().replace("cairn-approve-1", "cairn-withdraw-1")), signature);
        }
        if (operation instanceof Operation.SignedWrite(long timeMicros, Operation _, Bytes signature)) {
            Operation another = new Operation.Put(Bytes.utf8("altered"), Bytes.EMPTY, 0, false, false, false);
            return new Operation.SignedWrite(timeMicros, another, signature);
        }
        throw new IllegalArgumentException("nothing to alter in " + operation);
    }

    @Override
    public void close() {
        server.shutdownNow();
        honest.shutdownNow();
    }

    private static final class Raw implements MethodDescriptor.Marshaller<byte[]> {
        @Override
        public InputStream stream(byte[] value) {
            return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
            try {
                return stream.readAllBytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
