package dev.cairn.server.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.Awaiting;
import io.grpc.Server;
import io.grpc.netty.NettyServerBuilder;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What clients who take no answers, or open many connections, can make a port hold. */
@Timeout(60)
class HttpLoadTest {
    private static final int ANSWER_BYTES = 300 << 10;
    private static final int ROOM_BYTES = 1 << 20;
    private static final long SHORT_MILLIS = 200;
    private static final long LONG_MILLIS = 60_000;
    private static final long FAST = 1 << 30;
    private static final int STREAMS = 10;
    private static final int HEADERS = 1;
    private static final int RST_STREAM = 3;
    private static final int SETTINGS = 4;
    private static final int END_OF_STREAM_AND_HEADERS = 5;

    @SuppressWarnings("NullAway.Init")
    private OnePort port;

    @SuppressWarnings("NullAway.Init")
    private Server server;

    @SuppressWarnings("NullAway.Init")
    private HttpLoad load;

    private void serve(int connections, long patienceMillis) throws IOException {
        load = new HttpLoad(new HttpLoad.Limits(connections, ROOM_BYTES, patienceMillis, FAST));
        port = new OnePort(Optional.empty(), 2, LONG_MILLIS);
        HttpReply answer = new HttpReply(200, HttpReply.JSON, Bytes.wrap(new byte[ANSWER_BYTES]), Map.of());
        HttpService service = (_, sender) -> {
            sender.reply(answer);
            return HttpExchange.ANSWERED;
        };
        NettyServerBuilder builder =
                NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        port.attach(builder, new HttpSide(service, Map.of(), load));
        server = builder.build().start();
    }

    @AfterEach
    void stop() {
        server.shutdownNow();
        port.close();
    }

    private Socket connect() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), server.getPort());
    }

    @Test
    void noMoreConnectionsAreOpenThanTheBound() throws Exception {
        serve(2, LONG_MILLIS);
        Socket first = connect();
        try (Socket second = connect();
                Socket third = connect()) {
            assertThat(third.getInputStream().read()).isEqualTo(-1);
            assertThat(load.connections()).isEqualTo(2);
            assertThat(load.refusedConnections()).isEqualTo(1);
            first.close();
            Awaiting.until("there is room again", () -> load.connections() == 1);
            second.getOutputStream().write("GET / HTTP/1.0\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
            assertThat(second.getInputStream().readAllBytes()).hasSizeGreaterThan(ANSWER_BYTES);
        }
        Awaiting.until("none is open", () -> load.connections() == 0);
        assertThat(load.answerBytes()).isZero();
    }

    /** Streams whose windows are closed, on two connections: three answers fit, the others are refused. */
    @Test
    void answersThatNobodyTakesHoldNoMoreThanTheBound() throws Exception {
        serve(100, LONG_MILLIS);
        try (Socket one = connect();
                Socket other = connect()) {
            askWithClosedWindow(one, STREAMS);
            askWithClosedWindow(other, STREAMS);
            int fitting = ROOM_BYTES / ANSWER_BYTES;
            Awaiting.until("all others are refused", () -> load.refusedAnswers() == 2 * STREAMS - fitting);
            assertThat(load.answerBytes()).isBetween((long) fitting * ANSWER_BYTES, (long) ROOM_BYTES + STREAMS * 1024);
        }
        Awaiting.until("what was held is let go", () -> load.answerBytes() == 0);
    }

    @Test
    void anAnswerThatNobodyTakesIsGivenUp() throws Exception {
        serve(100, SHORT_MILLIS);
        try (Socket socket = connect()) {
            askWithClosedWindow(socket, 1);
            DataInputStream in = new DataInputStream(socket.getInputStream());
            int kind = -1;
            while (kind != RST_STREAM) {
                int length = in.readUnsignedByte() << 16 | in.readUnsignedShort();
                kind = in.readUnsignedByte();
                in.skipNBytes(1 + 4 + length);
            }
        }
        assertThat(load.untaken()).isEqualTo(1);
        Awaiting.until("what was held is let go", () -> load.answerBytes() == 0);
    }

    @Test
    void overHttp1TooAnAnswerThatNobodyTakesIsGivenUp() throws Exception {
        serve(100, SHORT_MILLIS);
        try (Socket socket = new Socket()) {
            socket.setReceiveBufferSize(4 << 10);
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), server.getPort()));
            byte[] ask = "GET / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(25).getBytes(StandardCharsets.US_ASCII);
            socket.getOutputStream().write(ask);
            Awaiting.until("it is given up", () -> load.untaken() == 1 && load.connections() == 0);
            assertThat(load.answerBytes()).isZero();
        }
    }

    /** Asks for the page on many streams, each of which may be sent nothing. */
    private static void askWithClosedWindow(Socket socket, int streams) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
        byte[] noWindow = {0, 4, 0, 0, 0, 0};
        frame(bytes, SETTINGS, 0, 0, noWindow);
        // GET, http, the path / and the authority x, by the numbers of HPACK's table.
        byte[] head = {(byte) 0x82, (byte) 0x86, (byte) 0x84, 0x41, 1, 'x'};
        for (int i = 0; i < streams; i++) {
            frame(bytes, HEADERS, END_OF_STREAM_AND_HEADERS, 2 * i + 1, head);
        }
        socket.getOutputStream().write(bytes.toByteArray());
    }

    private static void frame(ByteArrayOutputStream out, int kind, int flags, int stream, byte[] payload) {
        out.writeBytes(ByteBuffer.allocate(9)
                .put((byte) 0)
                .putShort((short) payload.length)
                .put((byte) kind)
                .put((byte) flags)
                .putInt(stream)
                .array());
        out.writeBytes(payload);
    }
}
