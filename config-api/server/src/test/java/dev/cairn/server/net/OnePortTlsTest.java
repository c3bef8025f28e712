package dev.cairn.server.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.server.TestTls;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.security.cert.X509Certificate;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** gRPC, HTTP/2 and HTTP/1.1 behind TLS on one port. */
@Timeout(30)
class OnePortTlsTest {
    private static final long SILENCE_MILLIS = 30_000;
    private static final int LARGE = 300_000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** What calls say of who made them. */
    private final ConcurrentLinkedQueue<Optional<String>> callers = new ConcurrentLinkedQueue<>();

    @SuppressWarnings("NullAway.Init")
    private TestTls files;

    @SuppressWarnings("NullAway.Init")
    private OnePort port;

    @SuppressWarnings("NullAway.Init")
    private Server server;

    @BeforeEach
    void makeCertificates() throws Exception {
        files = TestTls.create(directory.resolve("tls"));
    }

    private PortTls start(boolean asksClients) throws IOException {
        PortTls tls = new PortTls(files.server(asksClients));
        port = new OnePort(Optional.of(tls), 2, SILENCE_MILLIS);
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port.attach(
                builder,
                new HttpSide(
                        Echo::new,
                        Map.of("x-always", "there"),
                        new HttpLoad(new HttpLoad.Limits(100, 64 << 20, 60_000, 1 << 20))));
        server = builder.directExecutor()
                .intercept(new Callers())
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
        return tls;
    }

    private final class Callers implements ServerInterceptor {
        @Override
        public <Q, R> ServerCall.Listener<Q> interceptCall(
                ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
            callers.add(Optional.ofNullable(call.getAttributes().get(PeerName.ATTRIBUTE)));
            return next.startCall(call, headers);
        }
    }

    /** Answers with the request's line, then with what the body was, in parts. */
    private record Echo(HttpSender sender) implements HttpExchange {
        Echo(HttpHead head, HttpSender sender) {
            this(sender);
            sender.begin(200, "text/plain");
            sender.send((head.method() + " " + head.path() + "\n").getBytes(java.nio.charset.StandardCharsets.UTF_8));
        }

        @Override
        public void body(byte[] part) {
            sender.send(part);
            if (!sender.isWritable()) {
                sender.pauseBody(true);
            }
        }

        @Override
        public void bodyEnded() {
            sender.end();
        }

        @Override
        public void writable() {
            sender.pauseBody(false);
        }

        @Override
        public void gone() {}
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        port.close();
    }

    @Test
    void alpnDecidesBetweenBothVersionsOfHttp() throws Exception {
        start(false);
        for (HttpClient.Version version : HttpClient.Version.values()) {
            try (HttpClient http = http(Optional.empty(), version)) {
                HttpResponse<String> reply = get(http, "/health");
                assertThat(reply.version()).isEqualTo(version);
                assertThat(reply.body()).isEqualTo("GET /health\n");
                assertThat(reply.headers().firstValue("x-always")).contains("there");
            }
        }
    }

    @Test
    void bodiesAreCarriedBothWaysOverHttp2WithinItsWindows() throws Exception {
        start(false);
        try (HttpClient http = http(Optional.empty(), HttpClient.Version.HTTP_2)) {
            String large = "x".repeat(LARGE);
            HttpRequest request = HttpRequest.newBuilder(uri("/echo"))
                    .POST(BodyPublishers.ofString(large))
                    .build();
            var replies = java.util.stream.Stream.generate(() -> http.sendAsync(request, BodyHandlers.ofString()))
                    .limit(10)
                    .toList();
            for (var reply : replies) {
                assertThat(reply.get().version()).isEqualTo(HttpClient.Version.HTTP_2);
                assertThat(reply.get().body()).isEqualTo("POST /echo\n" + large);
            }
        }
    }

    @Test
    void callsSayWhoseCertificateTheirConnectionShowed() throws Exception {
        start(true);
        for (int client = 1; client <= 2; client++) {
            assertThat(check(Optional.of(client))).isEqualTo(ServingStatus.SERVING);
        }
        assertThat(callers).containsExactly(Optional.of("replica-1"), Optional.of("replica-2"));
        assertThatThrownBy(() -> check(Optional.empty())).isInstanceOf(StatusRuntimeException.class);
        try (HttpClient stranger = http(Optional.empty(), HttpClient.Version.HTTP_2);
                HttpClient known = http(Optional.of(3), HttpClient.Version.HTTP_2)) {
            assertThatThrownBy(() -> get(stranger, "/health")).isInstanceOf(IOException.class);
            assertThat(get(known, "/health").statusCode()).isEqualTo(200);
        }
    }

    @Test
    void whereNobodyIsAskedNobodyHasAName() throws Exception {
        start(false);
        assertThat(check(Optional.of(1))).isEqualTo(ServingStatus.SERVING);
        assertThat(callers).containsExactly(Optional.empty());
    }

    @Test
    void aReplacedCertificateIsUsedAndOneThatDoesNotFitIsNot() throws Exception {
        PortTls tls = start(false);
        assertThat(subject()).isEqualTo("CN=replica-0");
        replace(files.certificate(2), "server.crt", 1);
        tls.refresh();
        assertThat(subject()).isEqualTo("CN=replica-0");
        replace(files.key(2), "server.key", 2);
        tls.refresh();
        assertThat(subject()).isEqualTo("CN=replica-2");
    }

    private void replace(Path by, String name, int seconds) throws IOException {
        Path file = files.directory().resolve(name);
        Files.copy(by, file, StandardCopyOption.REPLACE_EXISTING);
        Files.setLastModifiedTime(file, FileTime.fromMillis(1000L * seconds));
    }

    private String subject() throws Exception {
        try (HttpClient http = http(Optional.empty(), HttpClient.Version.HTTP_2)) {
            X509Certificate shown =
                    (X509Certificate) get(http, "/").sslSession().orElseThrow().getPeerCertificates()[0];
            return shown.getSubjectX500Principal().getName();
        }
    }

    private ServingStatus check(Optional<Integer> client) throws Exception {
        SslContextBuilder ssl =
                GrpcSslContexts.forClient().trustManager(files.authority().toFile());
        client.ifPresent(
                i -> ssl.keyManager(files.certificate(i).toFile(), files.key(i).toFile()));
        ManagedChannel channel = NettyChannelBuilder.forAddress("127.0.0.1", server.getPort())
                .sslContext(ssl.build())
                .overrideAuthority("replica-0")
                .build();
        try {
            return HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus();
        } finally {
            channel.shutdownNow();
        }
    }

    private HttpClient http(Optional<Integer> client, HttpClient.Version version) throws Exception {
        return HttpClient.newBuilder()
                .version(version)
                .sslContext(files.client(client))
                .build();
    }

    private HttpResponse<String> get(HttpClient http, String path) throws IOException, InterruptedException {
        return http.send(HttpRequest.newBuilder(uri(path)).build(), BodyHandlers.ofString());
    }

    private URI uri(String path) {
        return URI.create("https://127.0.0.1:" + server.getPort() + path);
    }
}
