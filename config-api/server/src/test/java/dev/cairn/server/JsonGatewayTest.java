package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** etcd's JSON gateway over real connections. What is expected is what etcd 3.7.3 answered to the same requests. */
@Timeout(60)
class JsonGatewayTest {
    private static final String GOVERNANCE = """
            cairn-governance-1
            person alice
            key alice ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea
            guard prefix prod/ threshold 1 people alice roles - author counts keys any valid 604800
            """;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory.resolve("open"));
    }

    @AfterEach
    void stop() {
        served.close();
        http.close();
    }

    @Test
    void bothSpellingsAreReadAndEtcdsIsWritten() throws Exception {
        assertThat(put("a", "1").keySet()).containsExactly("header");
        JsonObject again = ok("/v3/kv/put", "{'key':'YQ==','value':'Mg==','prevKv':true,'unheard':[1]}");
        assertThat(again.getAsJsonObject("prev_kv").toString())
                .isEqualTo(
                        quoted("{'key':'YQ==','create_revision':'2','mod_revision':'2','version':'1','value':'MQ=='}"));
        JsonObject header = again.getAsJsonObject("header");
        assertThat(header.keySet()).containsExactly("cluster_id", "member_id", "revision", "raft_term");
        assertThat(header.get("revision")).isEqualTo(JsonParser.parseString("'3'"));
        assertThat(header.get("cluster_id").getAsString())
                .isEqualTo(Long.toUnsignedString(ServedStore.CLUSTER.clusterId()));
        for (String limit : List.of("1", "'1'", "1e0", "null")) {
            JsonObject range = ok(
                    "/v3/kv/range",
                    "{'key':'YQ','range_end':'AA==','limit':" + limit + ",'sort_order':'DESCEND','sortTarget':1}");
            assertThat(range.get("count").getAsString()).isEqualTo("1");
            assertThat(range.getAsJsonArray("kvs")).hasSize(1);
            assertThat(range.has("more")).isFalse();
        }
        assertThat(ok("/v3beta/kv/range", "{'key':'YQ=='}").get("count").getAsString())
                .isEqualTo("1");
    }

    @Test
    void transactionsAreDecidedAndAnsweredInOneObject() throws Exception {
        JsonObject done = ok("/v3/kv/txn", """
                {'compare':[{'target':'CREATE','key':'YQ=='}],
                 'success':[{'requestPut':{'key':'YQ==','value':'MQ=='}},{'request_range':{'key':'YQ=='}}],
                 'failure':[{'request_delete_range':{'key':'YQ=='}}]}""");
        assertThat(done.get("succeeded").getAsBoolean()).isTrue();
        JsonArray responses = done.getAsJsonArray("responses");
        assertThat(responses.get(0)).isEqualTo(json("{'response_put':{'header':{'revision':'2'}}}"));
        assertThat(responses
                        .get(1)
                        .getAsJsonObject()
                        .getAsJsonObject("response_range")
                        .get("count")
                        .getAsString())
                .isEqualTo("1");
    }

    @Test
    void onlyTheFirstObjectOfAUnaryRequestCounts() throws Exception {
        put("a", "1");
        for (String rest : List.of("{'key':''}", " garbage", "\n\n")) {
            assertThat(ok("/v3/kv/range", "{'key':'YQ=='}" + rest).get("count").getAsString())
                    .isEqualTo("1");
        }
    }

    @Test
    void failuresAreToldAsEachEtcdTellsThem() throws Exception {
        refuses(400, 3, "etcdserver: key is not provided", "/v3/kv/range", "");
        refuses(400, 3, "etcdserver: key is not provided", "/v3/kv/range", "{}");
        refuses(400, 3, "etcdserver: invalid sort option", "/v3/kv/range", "{'key':'YQ==','sort_order':9}");
        refuses(
                400,
                11,
                "etcdserver: mvcc: required revision is a future revision",
                "/v3/kv/range",
                "{'key':'YQ==','revision':'99'}");
        refuses(404, 5, "Not Found", "/v3/kv/nothing", "{}");
        refuses(404, 5, "Not Found", "/v3/", "{}");
        for (String bad :
                List.of("[]", "garbage", "{", "{'key':1}", "{'key':'%'}", "{'key':'YQ==','limit':1.5}", "{]}")) {
            HttpResponse<String> reply = post("/v3/kv/range", bad);
            assertThat(reply.statusCode()).as(bad).isEqualTo(400);
            assertThat(json(reply.body()).get("code").getAsInt()).as(bad).isEqualTo(3);
        }
        HttpResponse<String> get = http.send(request("/v3/kv/range").GET().build(), BodyHandlers.ofString());
        assertThat(get.statusCode()).isEqualTo(405);
        assertThat(json(get.body()).get("message").getAsString()).isEqualTo("Method Not Allowed");
        assertThat(post("/v3alpha/kv/range", "{}").statusCode()).isEqualTo(404);
        assertThat(post("/v3/kv/put", "{'key':'" + "A".repeat(4 << 20) + "'}").statusCode())
                .isEqualTo(400);
        served.node.quarantine();
        assertThat(post("/v3/kv/range", "{'key':'YQ=='}").statusCode()).isEqualTo(503);
    }

    @Test
    void aGuardedKeyIsRefusedHereToo() throws Exception {
        served.close();
        served = new ServedStore(
                directory.resolve("governed"), Duration.ofMinutes(10), Governance.parse(Bytes.utf8(GOVERNANCE)));
        for (String[] write : new String[][] {
            {"/v3/kv/put", "{'key':'%s','value':'MQ=='}"},
            {"/v3/kv/deleterange", "{'key':'%s'}"},
            {"/v3/kv/txn", "{'failure':[{'request_put':{'key':'%s','value':'MQ=='}}]}"}
        }) {
            HttpResponse<String> reply = post(write[0], write[1].formatted(b64("prod/limit")));
            assertThat(reply.statusCode()).as(write[0]).isEqualTo(403);
            assertThat(json(reply.body()).get("message").getAsString())
                    .as(write[0])
                    .contains("the guard on \"prod/\"");
        }
        assertThat(served.machine.committed().revision()).isEqualTo(1);
    }

    @Test
    void largeValuesTravelBothWays() throws Exception {
        String large = "v".repeat(1_400 << 10);
        put("large", large);
        JsonObject found = ok("/v3/kv/range", "{'key':'" + b64("large") + "'}");
        JsonObject pair = found.getAsJsonArray("kvs").get(0).getAsJsonObject();
        assertThat(pair.get("value").getAsString()).isEqualTo(b64(large));
    }

    @Test
    void aWatchIsALinePerMessage() throws Exception {
        put("a", "1");
        String creates = quoted("{'create_request':{'key':'YQ==','start_revision':'2'}}"
                + "{'createRequest':{'key':'Yg==','filters':['NODELETE',0]}}{'progress_request':{}}");
        HttpResponse<InputStream> reply = http.send(
                request("/v3/watch").POST(BodyPublishers.ofString(creates)).build(), BodyHandlers.ofInputStream());
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(reply.body(), StandardCharsets.UTF_8))) {
            assertThat(result(lines).get("created").getAsBoolean()).isTrue();
            JsonObject second = result(lines);
            if (second.has("events")) {
                second = result(lines);
            } else {
                assertThat(result(lines).getAsJsonArray("events")).hasSize(1);
            }
            assertThat(second.get("watch_id").getAsString()).isEqualTo("1");
            put("a", "2");
            JsonObject event = result(lines);
            while (!event.has("events")) {
                event = result(lines); // what was asked about progress
            }
            assertThat(event.getAsJsonArray("events").get(0))
                    .isEqualTo(
                            json(
                                    "{'kv':{'key':'YQ==','create_revision':'2','mod_revision':'3','version':'2','value':'Mg=='}}"));
        }
        Awaiting.until("the call has ended with its connection", () -> gauge("cairn_json_calls") == 0);
        assertThat(gauge("cairn_json_body_bytes")).isZero();
    }

    @Test
    void aBodyMayGoOnWhileItsStreamIsAnswered() throws Exception {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            send(socket, "POST /v3/watch HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            for (int watch = 0; watch < 3; watch++) {
                String create = quoted("{'create_request':{'key':'YQ=='}}");
                send(socket, Integer.toHexString(create.length()) + "\r\n" + create + "\r\n");
                String line = lines.readLine();
                while (!line.startsWith("{")) {
                    line = lines.readLine();
                }
                assertThat(json(line).getAsJsonObject("result").get("created").getAsBoolean())
                        .isTrue();
            }
            send(socket, "2\r\n{]\r\n0\r\n\r\n");
            String line = lines.readLine();
            while (!line.startsWith("{")) {
                line = lines.readLine();
            }
            JsonObject error = json(line).getAsJsonObject("error");
            assertThat(error.get("grpc_code").getAsInt()).isEqualTo(3);
            assertThat(error.get("http_status").getAsString()).isEqualTo("Bad Request");
        }
    }

    @Test
    void aStreamThatFailsAtOnceHasTheStatusOfItsFailure() throws Exception {
        HttpResponse<String> reply = post("/v3/watch", "{'create_request':");
        assertThat(reply.statusCode()).isEqualTo(400);
        assertThat(json(reply.body()).getAsJsonObject("error").get("code").getAsInt())
                .isEqualTo(3);
        HttpRequest asksForLeader = request("/v3/watch")
                .header("Grpc-Metadata-hasleader", "true")
                .POST(BodyPublishers.ofString(quoted("{'create_request':{'key':'YQ=='}}")))
                .build();
        served.node.loseLeader(true);
        HttpResponse<String> leaderless = http.send(asksForLeader, BodyHandlers.ofString());
        assertThat(leaderless.statusCode()).isEqualTo(503);
        assertThat(json(leaderless.body())
                        .getAsJsonObject("error")
                        .get("message")
                        .getAsString())
                .isEqualTo("etcdserver: no leader");
    }

    @Test
    void whoeverReadsSlowlyIsWaitedForAndMissesNothing() throws Exception {
        int puts = 60;
        String value = "v".repeat(200_000);
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(16 << 10);
            slow.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), served.port()));
            String create = quoted("{'create_request':{'key':'AA==','range_end':'AA=='}}");
            send(
                    slow,
                    "POST /v3/watch HTTP/1.0\r\nHost: x\r\nContent-Length: " + create.length() + "\r\n\r\n" + create);
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(slow.getInputStream(), StandardCharsets.UTF_8));
            assertThat(nextObject(lines).has("created")).isTrue();
            for (int i = 0; i < puts; i++) {
                put("k" + i, value);
            }
            for (int i = 0; i < puts; ) {
                for (JsonElement event : nextObject(lines).getAsJsonArray("events")) {
                    JsonObject pair = event.getAsJsonObject().getAsJsonObject("kv");
                    assertThat(pair.get("key").getAsString()).isEqualTo(b64("k" + i));
                    assertThat(pair.get("value").getAsString())
                            .hasSize(b64(value).length());
                    i++;
                }
            }
        }
        Awaiting.until("the call has ended with its connection", () -> gauge("cairn_json_calls") == 0);
    }

    private static JsonObject nextObject(BufferedReader lines) throws IOException {
        String line = lines.readLine();
        while (!line.startsWith("{")) {
            line = lines.readLine();
        }
        return json(line).getAsJsonObject("result");
    }

    @Test
    void aWebSocketCarriesAStreamAMessageALine() throws Exception {
        LinkedBlockingQueue<String> heard = new LinkedBlockingQueue<>();
        CompletableFuture<Integer> closed = new CompletableFuture<>();
        WebSocket socket = http.newWebSocketBuilder()
                .subprotocols("Bearer", "a.token")
                .buildAsync(URI.create("ws://127.0.0.1:" + served.port() + "/v3/watch"), new WebSocket.Listener() {
                    private final StringBuilder message = new StringBuilder();

                    @Override
                    public @Nullable CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
                        message.append(part);
                        if (last) {
                            heard.add(message.toString());
                            message.setLength(0);
                        }
                        from.request(1);
                        return null;
                    }

                    @Override
                    public @Nullable CompletionStage<?> onClose(WebSocket from, int code, String reason) {
                        closed.complete(code);
                        return null;
                    }
                })
                .get();
        assertThat(socket.getSubprotocol()).isEqualTo("Bearer");
        socket.sendText(quoted("{'create_request':{'key':'YQ=='}}"), true).get();
        assertThat(json(heard.take()).getAsJsonObject("result").get("created").getAsBoolean())
                .isTrue();
        put("a", "1");
        assertThat(json(heard.take()).getAsJsonObject("result").getAsJsonArray("events"))
                .hasSize(1);
        socket.sendPing(ByteBuffer.allocate(1)).get();
        socket.sendText("garbage", true).get();
        assertThat(json(heard.take()).getAsJsonObject("error").get("code").getAsInt())
                .isEqualTo(3);
        assertThat(closed.get()).isEqualTo(WebSocket.NORMAL_CLOSURE);
        Awaiting.until("the call has ended with its connection", () -> gauge("cairn_json_calls") == 0);
    }

    @Test
    void pagesOfAnyOriginMayAsk() throws Exception {
        HttpResponse<String> asked = http.send(
                request("/v3/kv/range")
                        .method("OPTIONS", BodyPublishers.noBody())
                        .build(),
                BodyHandlers.ofString());
        assertThat(asked.statusCode()).isEqualTo(200);
        for (HttpResponse<String> reply : List.of(asked, post("/v3/kv/range", "{}"), post("/v2/keys", ""))) {
            assertThat(reply.headers().firstValue("Access-Control-Allow-Origin"))
                    .contains("*");
            assertThat(reply.headers().firstValue("Access-Control-Allow-Headers"))
                    .contains("accept, content-type, authorization");
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws Exception {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 5; i++) {
            String body = quoted("{'key':'" + b64("k" + i) + "','value':'MQ=='}");
            text.append("POST /v3/kv/put HTTP/1.1\r\nHost: x\r\nContent-Length: ")
                    .append(body.length());
            text.append(i == 4 ? "\r\nConnection: close" : "")
                    .append("\r\n\r\n")
                    .append(body);
        }
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), served.port())) {
            send(socket, text.toString());
            String replies = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(replies)
                    .containsSubsequence(
                            "\"revision\":\"2\"",
                            "\"revision\":\"3\"",
                            "\"revision\":\"4\"",
                            "\"revision\":\"5\"",
                            "\"revision\":\"6\"");
        }
    }

    private double gauge(String name) {
        return served.registry.get(name).gauge().value();
    }

    private JsonObject put(String key, String value) throws Exception {
        return ok("/v3/kv/put", "{'key':'" + b64(key) + "','value':'" + b64(value) + "'}");
    }

    private JsonObject ok(String path, String body) throws Exception {
        HttpResponse<String> reply = post(path, body);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(200);
        assertThat(reply.headers().firstValue("Content-Type")).contains("application/json");
        return json(reply.body());
    }

    private void refuses(int status, int code, String message, String path, String body) throws Exception {
        HttpResponse<String> reply = post(path, body);
        assertThat(reply.statusCode()).as(reply.body()).isEqualTo(status);
        JsonObject error = json(reply.body());
        assertThat(error.get("code").getAsInt()).isEqualTo(code);
        assertThat(error.get("message").getAsString()).isEqualTo(message);
        assertThat(error.get("error").getAsString()).isEqualTo(message);
        assertThat(error.getAsJsonArray("details")).isEmpty();
    }

    private HttpResponse<String> post(String path, String body) throws IOException, InterruptedException {
        return http.send(
                request(path).POST(BodyPublishers.ofString(quoted(body))).build(), BodyHandlers.ofString());
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + served.port() + path));
    }

    private static JsonObject result(BufferedReader lines) throws IOException {
        return json(lines.readLine()).getAsJsonObject("result");
    }

    private static JsonObject json(String text) {
        JsonElement parsed = JsonParser.parseString(text);
        return parsed.getAsJsonObject();
    }

    private static String quoted(String text) {
        return text.replace('\'', '"');
    }

    private static String b64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    private static void send(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
        socket.getOutputStream().flush();
    }
}
