package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.FunctionCounter;
import java.io.BufferedReader;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Clients of the HTTP side that mean harm, or are broken. */
@Timeout(60)
class HostileHttpTest {
    private static final String WEB_SOCKET = String.join(
            "\r\n",
            "GET /v3/watch HTTP/1.1",
            "Host: x",
            "Upgrade: websocket",
            "Connection: Upgrade",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
            "Sec-WebSocket-Version: %d",
            "",
            "");
    private static final int TEXT = 0x1;
    private static final int PING = 0x9;
    private static final int FINAL = 0x80;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    /** Many small objects in one part are read one after the other, not one within the other. */
    @Test
    void manyObjectsInOnePartAreServed() throws Exception {
        int objects = 20_000;
        String body = "{\"ID\":7}".repeat(objects);
        try (Socket socket = connect()) {
            send(
                    socket,
                    "POST /v3/lease/keepalive HTTP/1.0\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n"
                            + body);
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(answer.lines()
                            .filter(line -> line.contains("\"result\""))
                            .count())
                    .isEqualTo(objects);
        }
    }

    @Test
    void manyObjectsInOnePartOfAWatchAreServed() throws Exception {
        int objects = 20_000;
        String body = "{\"progress_request\":{}}".repeat(objects) + "{\"create_request\":{\"key\":\"YQ==\"}}";
        try (Socket socket = connect()) {
            send(socket, "POST /v3/watch HTTP/1.0\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
            BufferedReader lines = lines(socket);
            String line = lines.readLine();
            while (line != null && !line.contains("\"created\"")) {
                line = lines.readLine();
            }
            assertThat(line).isNotNull();
        }
    }

    /** A path that is none is answered, over either version of HTTP, and ends no connection. */
    @Test
    void aPathThatCannotBeDecodedIsAnswered() throws Exception {
        try (Socket socket = connect()) {
            send(socket, "GET /%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
            assertThat(lines(socket).readLine()).startsWith("HTTP/1.1 400");
        }
    }

    /** The refusal of an upgrade leaves a connection on which the next request is served. */
    @Test
    void afterAnUpgradeThatIsRefusedRequestsAreServed() throws Exception {
        try (Socket socket = connect()) {
            send(socket, WEB_SOCKET.formatted(99));
            BufferedReader lines = lines(socket);
            assertThat(lines.readLine()).startsWith("HTTP/1.1 426");
            send(socket, "GET /version HTTP/1.1\r\nHost: x\r\n\r\n");
            String line = lines.readLine();
            while (line != null && !line.startsWith("HTTP/1.1")) {
                line = lines.readLine();
            }
            assertThat(line).startsWith("HTTP/1.1 200");
        }
    }

    /** What is held of a message that does not end is counted with all other bodies. */
    @Test
    void anUnfinishedMessageOfAWebSocketIsAccountedFor() throws Exception {
        try (Socket socket = connect()) {
            upgrade(socket);
            frame(socket, TEXT, "{\"create_request\":{\"key\":\"".getBytes(StandardCharsets.UTF_8));
            byte[] more = new byte[60 << 10];
            Arrays.fill(more, (byte) 'A');
            for (int i = 0; i < 10; i++) {
                frame(socket, 0, more);
            }
            Awaiting.until("the message is accounted for", () -> gauge("cairn_json_body_bytes") >= 10 * more.length);
        }
        Awaiting.until("all is let go", () -> gauge("cairn_json_body_bytes") == 0);
    }

    /** Who pings and does not listen is not answered for ever. */
    @Test
    void pongsDoNotPileUp() throws Exception {
        try (Socket socket = connect()) {
            upgrade(socket);
            byte[] ping = new byte[125];
            byte[] many = repeated(encoded(FINAL | PING, ping), 1000);
            int rounds = 300;
            for (int i = 0; i < rounds; i++) {
                socket.getOutputStream().write(many);
            }
            // Asked for last, so it comes behind all pongs that were sent.
            frame(socket, FINAL | TEXT, "{\"create_request\":{\"key\":\"YQ==\"}}".getBytes(StandardCharsets.UTF_8));
            DataInputStream in = new DataInputStream(socket.getInputStream());
            long pongs = 0;
            while (true) {
                int kind = in.readUnsignedByte();
                int length = in.readUnsignedByte();
                in.skipNBytes(length == 126 ? in.readUnsignedShort() : length);
                if (kind == (FINAL | TEXT)) {
                    break;
                }
                pongs++;
            }
            assertThat(pongs).isLessThan(rounds * 1000L);
        }
    }

    /** Who asks again and again and does not read holds the replica to a few answers, not to all. */
    @Test
    void answersDoNotPileUpForWhoDoesNotRead() throws Exception {
        String value = "A".repeat(1 << 20);
        try (Socket socket = connect()) {
            String put = "{\"key\":\"YQ==\",\"value\":\"" + value + "\"}";
            send(socket, post("/v3/kv/put", put));
            assertThat(lines(socket).readLine()).startsWith("HTTP/1.1 200");
        }
        int asked = 20;
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(16 << 10);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), served.port()));
            for (int i = 0; i < asked; i++) {
                send(socket, post("/v3/kv/range", "{\"key\":\"YQ==\"}"));
            }
            // Asked later by another: whatever the first could get without reading, it has got.
            for (int i = 0; i < 50; i++) {
                try (Socket other = connect()) {
                    send(other, post("/v3/maintenance/status", "{}"));
                    assertThat(lines(other).readLine()).startsWith("HTTP/1.1 200");
                }
            }
            assertThat(ranges()).isLessThan(asked / 2);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII), 1 << 16);
            // An answer ends with no line; the head of the next one does.
            int heads = 0;
            while (heads < asked) {
                heads += lines.readLine().contains("HTTP/1.1 200") ? 1 : 0;
            }
            assertThat(ranges()).isEqualTo(asked);
        }
    }

    private long ranges() {
        return (long)
                served.registry.find("grpc_server_started").tag("grpc_method", "Range").functionCounters().stream()
                        .mapToDouble(FunctionCounter::count)
                        .sum();
    }

    private static String post(String path, String body) {
        return "POST " + path + " HTTP/1.1\r\nHost: x\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
    }

    private double gauge(String name) {
        return served.registry.get(name).gauge().value();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), served.port());
    }

    private static void upgrade(Socket socket) throws IOException {
        send(socket, WEB_SOCKET.formatted(13));
        InputStream in = socket.getInputStream();
        StringBuilder head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) in.read());
        }
        assertThat(head.toString()).startsWith("HTTP/1.1 101");
    }

    private static void frame(Socket socket, int first, byte[] payload) throws IOException {
        socket.getOutputStream().write(encoded(first, payload));
    }

    /** One frame, masked with zeroes. */
    private static byte[] encoded(int first, byte[] payload) {
        int head = payload.length < 126 ? 2 : 4;
        byte[] frame = new byte[head + 4 + payload.length];
        frame[0] = (byte) first;
        frame[1] = (byte) (0x80 | (head == 2 ? payload.length : 126));
        if (head == 4) {
            frame[2] = (byte) (payload.length >> 8);
            frame[3] = (byte) payload.length;
        }
        System.arraycopy(payload, 0, frame, head + 4, payload.length);
        return frame;
    }

    private static byte[] repeated(byte[] one, int times) {
        byte[] all = new byte[one.length * times];
        for (int i = 0; i < times; i++) {
            System.arraycopy(one, 0, all, i * one.length, one.length);
        }
        return all;
    }

    private static BufferedReader lines(Socket socket) throws IOException {
        return new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    private static void send(Socket socket, String text) throws IOException {
        OutputStream out = socket.getOutputStream();
        out.write(text.getBytes(StandardCharsets.UTF_8));
        out.flush();
    }
}
