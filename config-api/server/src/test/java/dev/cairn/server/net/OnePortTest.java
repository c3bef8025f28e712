package dev.cairn.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** gRPC and HTTP/1.1 over real sockets on one port. */
@Timeout(30)
class OnePortTest {
    private static final long PATIENT_MILLIS = 30_000;
    private static final long IMPATIENT_MILLIS = 100;
    private static final HttpLoad.Limits LIMITS = new HttpLoad.Limits(100, 1 << 20, 60_000, 1 << 20);

    private OnePort port;
    private Server server;

    @BeforeEach
    void start() throws IOException {
        start(PATIENT_MILLIS);
    }

    private void start(long silenceMillis) throws IOException {
        port = new OnePort(Optional.empty(), 2, silenceMillis);
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        HttpService service = (head, sender) -> {
            sender.reply(HttpReply.text(head.path().equals("/gone") ? 404 : 200, head.method() + " " + head.path()));
            return HttpExchange.ANSWERED;
        };
        port.attach(builder, new HttpSide(service, Map.of(), new HttpLoad(LIMITS)));
        server = builder.directExecutor()
                .addService(new HealthStatusManager().getHealthService())
                .build()
                .start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        port.close();
    }

    @Test
    void servesGrpcAndHttpSideBySide() throws Exception {
        ManagedChannel channel = NettyChannelBuilder.forAddress("localhost", server.getPort())
                .usePlaintext()
                .build();
        try (HttpClient http = HttpClient.newHttpClient()) {
            for (int round = 0; round < 3; round++) {
                assertThat(HealthGrpc.newBlockingStub(channel)
                                .check(HealthCheckRequest.getDefaultInstance())
                                .getStatus())
                        .isEqualTo(ServingStatus.SERVING);
                HttpRequest request = HttpRequest.newBuilder(
                                URI.create("http://localhost:" + server.getPort() + "/health"))
                        .version(HttpClient.Version.HTTP_1_1)
                        .build();
                assertThat(http.send(request, BodyHandlers.ofString()).body()).isEqualTo("GET /health");
            }
        } finally {
            channel.shutdownNow();
        }
    }

    @Test
    void decidesOnlyWhenTheFirstBytesTell() throws Exception {
        try (Socket socket = connect()) {
            // A POST and the HTTP/2 preface begin with the same letter.
            send(socket, "P");
            send(socket, "OST /x HTTP/1.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            assertThat(text(socket.getInputStream()))
                    .startsWith("HTTP/1.1 200 OK")
                    .endsWith("POST /x");
        }
    }

    @Test
    void answersPipelinedRequestsInOrder() throws Exception {
        try (Socket socket = connect()) {
            send(
                    socket,
                    "GET /1 HTTP/1.1\r\n\r\nGET /gone HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\nConnection: close\r\n\r\n");
            assertThat(text(socket.getInputStream()))
                    .containsSubsequence("200 OK", "GET /1", "404", "GET /gone", "200 OK", "GET /3");
        }
    }

    /** What stands before the server could take for a body what the server takes for the next request. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "POST /1 HTTP/1.1\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /1 HTTP/1.1\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n",
                "POST /1 HTTP/1.1\r\nTransfer-Encoding: xchunked\r\n\r\n",
                "POST /1 HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
                "POST /1 HTTP/1.1\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\n",
                "POST /1 HTTP/1.1\r\nContent-Length: +4\r\n\r\n"
            })
    void aBodyWithTwoEndsEndsTheConnection(String request) throws Exception {
        try (Socket socket = connect()) {
            send(socket, request + "GET /2 HTTP/1.1\r\n\r\n");
            assertThat(text(socket.getInputStream())).startsWith("HTTP/1.1 400").doesNotContain("/2");
        }
    }

    @Test
    void anUpgradeToHttp2IsPassedOver() throws Exception {
        try (Socket socket = connect()) {
            send(socket, """
                    GET /1 HTTP/1.1
                    Host: x
                    Connection: Upgrade, HTTP2-Settings
                    Upgrade: h2c
                    HTTP2-Settings: AAMAAABkAAQAAP__

                    GET /2 HTTP/1.1
                    Connection: close

                    """.replace("\n", "\r\n"));
            assertThat(text(socket.getInputStream()))
                    .startsWith("HTTP/1.1 200")
                    .containsSubsequence("GET /1", "HTTP/1.1 200", "GET /2");
        }
    }

    @Test
    void closesAConnectionThatSaysNothing() throws Exception {
        stop();
        start(IMPATIENT_MILLIS);
        try (Socket socket = connect()) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
    }

    private Socket connect() throws IOException {
        Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.getPort());
        socket.setTcpNoDelay(true);
        return socket;
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
        socket.getOutputStream().flush();
    }

    private static String text(InputStream in) throws IOException {
        return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
}
