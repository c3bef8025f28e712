package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.kv.guard.Governance;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.server.auth.Tokens;
import dev.cairn.server.etcd.EtcdError;
import dev.cairn.server.net.PortTls;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whoever shows a certificate is the user that it names. */
@Timeout(60)
class CommonNameTest {
    /** What stands in the certificate that clients here show, if nothing else is said. */
    private static final String NAME = "replica-1";

    @TempDir
    private Path directory;

    private final List<ManagedChannel> channels = new ArrayList<>();
    private TestTls files;
    private ServedStore served;
    private TestUsers users;
    private KVGrpc.KVBlockingStub kv;

    @BeforeEach
    void serve() throws Exception {
        files = TestTls.create(directory.resolve("tls"));
        served = new ServedStore(
                directory.resolve("state"),
                Duration.ofMinutes(10),
                Governance.OPEN,
                Optional.of(new PortTls(files.server(true))),
                Tokens.Settings.DEFAULT);
        ManagedChannel channel = showing(1);
        kv = KVGrpc.newBlockingStub(channel);
        users = TestUsers.of(channel);
        users.add(NAME, Permission.Type.READWRITE, "mine/");
        users.enable();
    }

    private ManagedChannel showing(int certificate) throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", served.port())
                .sslContext(GrpcSslContexts.forClient()
                        .trustManager(files.authority().toFile())
                        .keyManager(
                                files.certificate(certificate).toFile(),
                                files.key(certificate).toFile())
                        .build())
                .overrideAuthority("replica-0")
                .build();
        channels.add(channel);
        return channel;
    }

    @AfterEach
    void stop() {
        channels.forEach(ManagedChannel::shutdownNow);
        served.close();
    }

    @Test
    void theCertificateNamesTheUser() throws Exception {
        assertThat(kv.put(put("mine/a")).getHeader().getRevision()).isEqualTo(2);
        refused(EtcdError.PERMISSION_DENIED, () -> kv.put(put("other")));
        KVGrpc.KVBlockingStub stranger = KVGrpc.newBlockingStub(showing(2));
        refused(EtcdError.PERMISSION_DENIED, () -> stranger.put(put("mine/a")));
    }

    @Test
    void aTokenCountsBeforeIt() {
        assertThat(users.as("root", kv).put(put("other")).getHeader().getRevision())
                .isEqualTo(2);
        refused(EtcdError.INVALID_AUTH_TOKEN, () -> TestUsers.with("junk", kv).put(put("mine/a")));
    }

    @Test
    void theGatewayForJsonNeverAsksIt() throws Exception {
        try (HttpClient http =
                HttpClient.newBuilder().sslContext(files.client(Optional.of(1))).build()) {
            HttpRequest.Builder request = HttpRequest.newBuilder(
                            URI.create("https://127.0.0.1:" + served.port() + "/v3/kv/put"))
                    .POST(BodyPublishers.ofString("{\"key\":\"bWluZS9h\"}"));
            HttpResponse<String> nobodys = http.send(request.build(), BodyHandlers.ofString());
            assertThat(nobodys.statusCode()).isEqualTo(400);
            assertThat(nobodys.body()).contains("etcdserver: user name is empty");
            HttpResponse<String> somebodys =
                    http.send(request.header("Authorization", users.token(NAME)).build(), BodyHandlers.ofString());
            assertThat(somebodys.statusCode()).isEqualTo(200);
        }
    }

    private static PutRequest put(String key) {
        return PutRequest.newBuilder().setKey(ByteString.copyFromUtf8(key)).build();
    }

    private static void refused(EtcdError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getDescription()).isEqualTo(error.description());
            assertThat(refused.getStatus().getCode()).isEqualTo(error.status().getCode());
        });
    }
}
