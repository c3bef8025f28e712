package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.client.CairnClient;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.HeadRequest;
import dev.cairn.proto.v1.HeadWanted;
import dev.cairn.proto.v1.HeadersRequest;
import dev.cairn.proto.v1.ListRequest;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.WatchRequest;
import dev.cairn.proto.v1.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.reflection.v1.ServiceResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a client in any language may expect of a gRPC server, of the services that prove. */
class NativeServicesTest {
    private static final Metadata.Key<String> ENCODING =
            Metadata.Key.of("grpc-encoding", Metadata.ASCII_STRING_MARSHALLER);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @SuppressWarnings("NullAway.Init")
    private CairnClient client;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("state"));
        client = VerifyingClients.of(served.chain, served.channel);
        put("key/1");
        put("key/2");
    }

    @AfterEach
    void stop() {
        client.close();
        served.close();
    }

    private void put(String key) throws Exception {
        put(key, Bytes.utf8("value"));
    }

    private void put(String key, Bytes value) throws Exception {
        client.submit(new Operation.Put(Bytes.utf8(key), value, 0, false, false, false));
    }

    @Test
    void reflectionTellsOfThem() throws Exception {
        CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
        StreamObserver<ServerReflectionRequest> questions = ServerReflectionGrpc.newStub(served.channel)
                .serverReflectionInfo(new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                        answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failure) {
                        answer.completeExceptionally(failure);
                    }

                    @Override
                    public void onCompleted() {}
                });
        questions.onNext(
                ServerReflectionRequest.newBuilder().setListServices("").build());
        assertThat(answer.get(30, TimeUnit.SECONDS).getListServicesResponse().getServiceList())
                .extracting(ServiceResponse::getName)
                .contains("cairn.v1.Store", "cairn.v1.Chain", "cairn.v1.Replica");
        questions.onCompleted();
    }

    @Test
    void healthIsServed() {
        assertThat(HealthGrpc.newBlockingStub(served.channel)
                        .check(HealthCheckRequest.getDefaultInstance())
                        .getStatus())
                .isEqualTo(ServingStatus.SERVING);
    }

    @Test
    void whatIsLongIsCompressedForThoseWhoReadIt() {
        AtomicReference<Metadata> headers = new AtomicReference<>();
        Channel seeing = ClientInterceptors.intercept(
                served.channel, MetadataUtils.newCaptureMetadataInterceptor(headers, new AtomicReference<>()));
        var _ = StoreGrpc.newBlockingStub(seeing)
                .list(ListRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key/"))
                        .setRangeEnd(ByteString.copyFromUtf8("key0"))
                        .build());
        assertThat(headers.get().get(ENCODING)).isEqualTo("gzip");
        var _ = ChainGrpc.newBlockingStub(seeing).headers(HeadersRequest.getDefaultInstance());
        assertThat(headers.get().get(ENCODING)).isEqualTo("gzip");
        var _ = StoreGrpc.newBlockingStub(seeing)
                .get(GetRequest.newBuilder()
                        .setKey(ByteString.copyFromUtf8("key/1"))
                        .build());
        assertThat(headers.get().get(ENCODING)).as("hashes are not").isNotEqualTo("gzip");
    }

    @Test
    void aCallEndsAtItsDeadline() {
        served.node.stopListening(); // no round among replicas ends
        try {
            var _ = ChainGrpc.newBlockingStub(served.channel)
                    .withDeadlineAfter(100, TimeUnit.MILLISECONDS)
                    .head(HeadRequest.newBuilder()
                            .setHead(HeadWanted.newBuilder().setNonce(ByteString.copyFrom(new byte[32])))
                            .build());
            throw new AssertionError("nobody could testify");
        } catch (StatusRuntimeException e) {
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.DEADLINE_EXCEEDED);
        }
    }

    /** A caller that takes nothing is sent no more than a window holds, however much happens; then the rest in few proofs. */
    @Test
    void aWatchIsSentWhatItAsksFor() throws Exception {
        AtomicInteger messages = new AtomicInteger();
        CompletableFuture<WatchResponse> last = new CompletableFuture<>();
        ClientCall<WatchRequest, WatchResponse> call =
                served.channel.newCall(StoreGrpc.getWatchMethod(), CallOptions.DEFAULT);
        long through = served.machine.committed().revision() + 20;
        call.start(
                new ClientCall.Listener<>() {
                    @Override
                    public void onMessage(WatchResponse message) {
                        messages.incrementAndGet();
                        if (message.getThroughRevision() == through) {
                            last.complete(message);
                        }
                        call.request(1);
                    }
                },
                new Metadata());
        call.sendMessage(WatchRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("key/"))
                .setRangeEnd(ByteString.copyFromUtf8("key0"))
                .setAfterRevision(1)
                .build());
        call.halfClose();
        Bytes large = Bytes.wrap(new byte[200 << 10]); // 4 MB in all, and a window of HTTP/2 holds one
        for (int i = 0; i < 20; i++) {
            put("key/1", large);
        }
        assertThat(messages).hasValue(0);
        call.request(1);
        last.get(30, TimeUnit.SECONDS);
        assertThat(messages.get()).isLessThan(20);
        call.cancel("enough", null);
        Awaiting.until("the watch is forgotten", () -> metric("cairn_proven_watches") == 0);
    }

    private double metric(String name) {
        return served.registry.get(name).gauge().value();
    }
}
