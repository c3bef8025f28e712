package dev.cairn.agent.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.config.StartupException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LocalServerTest {
    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path temp;

    @SuppressWarnings("NullAway.Init")
    private Path socket;

    @SuppressWarnings("NullAway.Init")
    private LocalServer server;

    private Load load = new Load();
    private final CountDownLatch gone = new CountDownLatch(1);
    private final CountDownLatch hold = new CountDownLatch(1);

    @BeforeEach
    void start() throws StartupException {
        socket = temp.resolve("s");
        server = start(new AllowedUids.Any());
    }

    @AfterEach
    void stop() {
        hold.countDown();
        server.close();
    }

    private LocalServer start(AllowedUids allowed) throws StartupException {
        return LocalServer.start(socket, OptionalInt.empty(), allowed, this::answer, load);
    }

    private Reply answer(Query query) throws Problem, InterruptedException {
        return switch (query.path()) {
            case "/echo" ->
                new Reply.Whole(
                        200, "application/octet-stream", query.bytes("x").orElse(Bytes.EMPTY), Map.of());
            case "/hold" -> {
                hold.await();
                yield Reply.text(200, "text/plain", "held\n");
            }
            case "/events" -> new Reply.Events(this::events);
            case "/endless" ->
                new Reply.Switch("endless", (_, out) -> {
                    while (true) {
                        out.write(0);
                    }
                });
            case "/switch" -> new Reply.Switch("echo", InputStream::transferTo);
            case "/fault" -> throw new IllegalStateException("planted");
            default -> throw Problem.badRequest("no such page");
        };
    }

    private void events(Reply.Sink sink) throws InterruptedException {
        try {
            for (int i = 0; ; i++) {
                sink.send("data: " + i + "\n\n");
            }
        } finally {
            gone.countDown();
        }
    }

    private SocketChannel open(String request) throws IOException {
        SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket));
        ByteBuffer bytes = ByteBuffer.wrap(request.getBytes(StandardCharsets.ISO_8859_1));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        return channel;
    }

    /** The whole answer to a request on a connection of its own. */
    private String ask(String uri) throws IOException {
        return all("GET " + uri + " HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
    }

    private String all(String request) throws IOException {
        try (SocketChannel channel = open(request)) {
            return new String(Channels.newInputStream(channel).readAllBytes(), StandardCharsets.ISO_8859_1);
        }
    }

    @Test
    void bytesThatAreNoTextComeAndGoUnharmed() throws IOException {
        assertThat(ask("/echo?x=%00%ff%2F%C3%A9"))
                .startsWith("HTTP/1.1 200 OK")
                .endsWith("\r\n\r\n\u0000\u00ff/\u00c3\u00a9");
    }

    @Test
    void requestsOnOneConnectionAreAnsweredInOrder() throws IOException {
        StringBuilder requests = new StringBuilder();
        for (int i = 0; i < 20; i++) {
            requests.append("GET /echo?x=n").append(i).append(" HTTP/1.1\r\nHost: a\r\n\r\n");
        }
        requests.append("GET /echo?x=last HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        List<String> bodies = new ArrayList<>();
        for (String part : all(requests.toString()).split("HTTP/1.1 200 OK", -1)) {
            bodies.add(part.substring(part.lastIndexOf("\r\n") + (part.isEmpty() ? 1 : 2)));
        }
        List<String> wanted = new ArrayList<>(List.of(""));
        for (int i = 0; i < 20; i++) {
            wanted.add("n" + i);
        }
        wanted.add("last");
        assertThat(bodies).isEqualTo(wanted);
    }

    @Test
    void whoIsNotAllowedIsToldSoAndNothingElse() throws Exception {
        server.close();
        server = start(new AllowedUids.Some(Set.of(4_000_001)));
        int own = (Integer) Files.getAttribute(temp, "unix:uid");
        assertThat(ask("/echo?x=secret"))
                .startsWith("HTTP/1.1 403 ")
                .contains("user id " + own + " may not ask this agent")
                .doesNotContain("secret");
        assertThat(load.refusedPeers()).isEqualTo(1);
    }

    @Test
    void faultsAreOneLineAndTheNextRequestIsServed() throws IOException {
        assertThat(ask("/fault"))
                .startsWith("HTTP/1.1 500 ")
                .contains("internal error")
                .doesNotContain("planted");
        assertThat(ask("/other")).startsWith("HTTP/1.1 400 ").endsWith("{\"error\":\"no such page\"}\n");
        assertThat(ask("/echo?x=%zz")).startsWith("HTTP/1.1 400 ");
        assertThat(ask("/echo?x=1&x=2")).startsWith("HTTP/1.1 400 ").contains("more than once");
        assertThat(ask("/echo?x=1")).startsWith("HTTP/1.1 200 ");
    }

    @Test
    void aStreamEndsWhenItsReaderGoes() throws Exception {
        try (SocketChannel channel = open("GET /events HTTP/1.1\r\nHost: a\r\n\r\n")) {
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(Channels.newInputStream(channel), StandardCharsets.UTF_8));
            String line = Objects.requireNonNull(reader.readLine());
            while (!line.equals("data: 3")) {
                line = Objects.requireNonNull(reader.readLine());
            }
            assertThat(load.streams()).isEqualTo(1);
        }
        assertThat(gone.await(10, TimeUnit.SECONDS)).isTrue();
    }

    /** The first bytes may come right behind the request. */
    @Test
    void bytesGoBothWaysOnceTheProtocolHasChanged() throws Exception {
        byte[] sent = new byte[1 << 20];
        new Random(1).nextBytes(sent);
        try (SocketChannel channel = open("GET /switch HTTP/1.1\r\nHost: a\r\nUpgrade: echo\r\n\r\nfirst")) {
            BufferedInputStream in = new BufferedInputStream(Channels.newInputStream(channel));
            String head = "";
            while (!head.endsWith("\r\n\r\n")) {
                head += (char) in.read();
            }
            assertThat(head).startsWith("HTTP/1.1 101 ").containsIgnoringCase("\r\nupgrade: echo\r\n");
            assertThat(in.readNBytes(5)).isEqualTo("first".getBytes(StandardCharsets.US_ASCII));
            Thread writer = Thread.ofVirtual().start(() -> {
                ByteBuffer left = ByteBuffer.wrap(sent);
                while (left.hasRemaining()) {
                    try {
                        channel.write(left);
                    } catch (IOException e) {
                        throw new AssertionError(e);
                    }
                }
            });
            assertThat(in.readNBytes(sent.length)).isEqualTo(sent);
            writer.join();
            assertThat(load.sessions()).isEqualTo(1);
        }
        while (load.sessions() > 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void sessionsAreBounded() throws Exception {
        List<SocketChannel> held = new ArrayList<>();
        for (int i = 0; i < Load.MAX_SESSIONS; i++) {
            held.add(open("GET /switch HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        while (load.sessions() < Load.MAX_SESSIONS) {
            Thread.onSpinWait();
        }
        assertThat(ask("/switch")).startsWith("HTTP/1.1 503 ").contains("busy");
        for (SocketChannel channel : held) {
            channel.close();
        }
        while (load.sessions() > 0) {
            Thread.onSpinWait();
        }
    }

    /** One whose client says nothing, and one that always has something to send. */
    @Test
    void aSessionEndsInTimeWhateverItMoves() throws Exception {
        server.close();
        load = new Load(Duration.ofMillis(200));
        server = start(new AllowedUids.Any());
        for (String page : List.of("/switch", "/endless")) {
            assertThat(all("GET " + page + " HTTP/1.1\r\nHost: a\r\n\r\n")).startsWith("HTTP/1.1 101 ");
            while (load.sessions() > 0) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void whoIsOneTooManyIsToldToComeAgain() throws Exception {
        List<SocketChannel> held = new ArrayList<>();
        for (int i = 0; i < Load.MAX_REQUESTS; i++) {
            held.add(open("GET /hold HTTP/1.1\r\nHost: a\r\n\r\n"));
        }
        while (load.requests() < Load.MAX_REQUESTS) {
            Thread.onSpinWait();
        }
        assertThat(ask("/echo?x=1")).startsWith("HTTP/1.1 503 ").contains("busy");
        hold.countDown();
        while (load.requests() > 0) {
            Thread.onSpinWait();
        }
        assertThat(ask("/echo?x=1")).startsWith("HTTP/1.1 200 ");
        for (SocketChannel channel : held) {
            channel.close();
        }
    }

    @Test
    void aSocketThatIsServedIsNotTakenAndOneThatIsLeftIs() throws Exception {
        assertThatThrownBy(() -> start(new AllowedUids.Any()))
                .isInstanceOf(StartupException.class)
                .hasMessageContaining("another process serves there");
        server.close();
        server = start(new AllowedUids.Any());
        assertThat(ask("/echo?x=1")).startsWith("HTTP/1.1 200 ");
        Path file = Files.writeString(temp.resolve("file"), "");
        assertThatThrownBy(() -> SocketFiles.makeRoom(file)).hasMessageContaining("is no socket");
    }
}
