package dev.cairn.server.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.server.Background;
import dev.cairn.server.net.HttpExchange;
import dev.cairn.server.net.HttpHead;
import dev.cairn.server.net.HttpLoad;
import dev.cairn.server.net.HttpReply;
import dev.cairn.server.net.HttpSender;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Requests that there is no room or time for. */
@Timeout(60)
class GatewayCallTest {
    private static final int ROOM_BYTES = 1 << 20;
    private static final String LARGE = "{\"key\":\"" + "A".repeat(100 << 10) + "\"}";

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor();
    private final Background background = new Background("test", 1, 1);
    private final GatewayLoad load = new GatewayLoad(10, 1 << 20);
    private final CountDownLatch busy = new CountDownLatch(1);
    private final Service service = new Service();
    private final Client client = new Client();

    @AfterEach
    void stop() {
        busy.countDown();
        background.close();
        thread.shutdownNow();
    }

    /** A service that does what the test says. */
    private static final class Service extends Channel {
        private ClientCall.@Nullable Listener<?> listener;

        @Override
        public <Q, R> ClientCall<Q, R> newCall(MethodDescriptor<Q, R> method, CallOptions options) {
            return new ClientCall<>() {
                @Override
                public void start(Listener<R> to, Metadata headers) {
                    listener = to;
                }

                @Override
                public void request(int messages) {}

                @Override
                public void cancel(@Nullable String message, @Nullable Throwable cause) {}

                @Override
                public void halfClose() {}

                @Override
                public void sendMessage(Q message) {}
            };
        }

        @SuppressWarnings("unchecked")
        void answer(RangeResponse response) {
            ClientCall.Listener<RangeResponse> to =
                    (ClientCall.Listener<RangeResponse>) Objects.requireNonNull(listener);
            to.onMessage(response);
            to.onClose(Status.OK, new Metadata());
        }

        @Override
        public String authority() {
            return "test";
        }
    }

    private final class Client implements HttpSender {
        private final CompletableFuture<HttpReply> reply = new CompletableFuture<>();

        @Override
        public void reply(HttpReply whole) {
            reply.complete(whole);
        }

        @Override
        public void begin(int status, String contentType) {}

        @Override
        public void send(byte[] part) {}

        @Override
        public void end() {}

        @Override
        public boolean isWritable() {
            return true;
        }

        @Override
        public void pauseBody(boolean pause) {}

        @Override
        public ScheduledExecutorService thread() {
            return thread;
        }
    }

    private HttpLoad answers(long patienceMillis) {
        return new HttpLoad(new HttpLoad.Limits(1, ROOM_BYTES, patienceMillis, 1 << 20));
    }

    private HttpExchange open(HttpLoad answers) throws Exception {
        HttpHead head = new HttpHead("POST", "/v3/kv/range", Map.of(), Map.of());
        return thread.submit(() -> new JsonGateway(service, background, load, answers).open(head, client))
                .get();
    }

    private void send(HttpExchange exchange, String body) throws Exception {
        thread.submit(() -> {
                    exchange.body(body.getBytes(StandardCharsets.UTF_8));
                    exchange.bodyEnded();
                })
                .get();
    }

    private void fillBackground() {
        CountDownLatch begun = new CountDownLatch(1);
        assertThat(background.offer(() -> {
                    begun.countDown();
                    await(busy);
                }))
                .isTrue();
        await(begun);
        assertThat(background.offer(() -> {})).isTrue();
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void allIsGivenBack(HttpLoad answers) throws Exception {
        thread.submit(() -> {
                    assertThat(load.calls()).isZero();
                    assertThat(load.bodyBytes()).isZero();
                    assertThat(answers.answerBytes()).isZero();
                })
                .get();
    }

    /** No large text is read on the thread that serves other connections too. */
    @Test
    void aLargeRequestIsRefusedWhileTheBackgroundIsFull() throws Exception {
        HttpLoad answers = answers(60_000);
        fillBackground();
        send(open(answers), LARGE);
        assertThat(client.reply.get().status()).isEqualTo(429);
        allIsGivenBack(answers);
    }

    @Test
    void aLargeAnswerIsNotWrittenThereEither() throws Exception {
        HttpLoad answers = answers(60_000);
        fillBackground();
        send(open(answers), "{}");
        service.answer(answer(100 << 10));
        assertThat(client.reply.get().status()).isEqualTo(429);
        allIsGivenBack(answers);
    }

    @Test
    void anAnswerForWhichThereIsNoRoomIsNotWritten() throws Exception {
        HttpLoad answers = answers(60_000);
        send(open(answers), "{}");
        service.answer(answer(ROOM_BYTES / 2));
        assertThat(client.reply.get().status()).isEqualTo(429);
        assertThat(answers.refusedAnswers()).isEqualTo(1);
        allIsGivenBack(answers);
    }

    @Test
    void aLargeAnswerGivesBackWhatItHeld() throws Exception {
        HttpLoad answers = answers(60_000);
        send(open(answers), "{}");
        service.answer(answer(100 << 10));
        assertThat(client.reply.get().status()).isEqualTo(200);
        allIsGivenBack(answers);
    }

    /** Who sends the head and never the body holds a place for so long and no longer. */
    @Test
    void aBodyThatDoesNotComeIsNotAwaitedForEver() throws Exception {
        HttpLoad answers = answers(50);
        HttpExchange exchange = open(answers);
        thread.submit(() -> exchange.body("{\"key\":".getBytes(StandardCharsets.UTF_8)))
                .get();
        assertThat(client.reply.get(30, TimeUnit.SECONDS).status()).isEqualTo(504);
        allIsGivenBack(answers);
    }

    private static RangeResponse answer(int bytes) {
        return RangeResponse.newBuilder()
                .addKvs(KeyValue.newBuilder().setValue(ByteString.copyFrom(new byte[bytes])))
                .build();
    }
}
