package dev.cairn.chaos.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Pages and the JSON gateway: the same requests to a real etcd and to Cairn, one after the other, whose replies have the same
 * status and say the same, but for what any two clusters differ in.
 */
class HttpTest {
    private static final List<String> OWN = List.of("cluster_id", "member_id", "raft_term");
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final HttpClient client = HttpClient.newHttpClient();

    /** @param body nothing for a GET */
    private record Asked(String path, String body) {
        HttpRequest of(String address) {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://" + address + path))
                    .timeout(PATIENCE);
            return body.isEmpty()
                    ? request.GET().build()
                    : request.POST(HttpRequest.BodyPublishers.ofString(body)).build();
        }

        @Override
        public String toString() {
            return body.isEmpty() ? "GET " + path : "POST " + path + " " + body;
        }
    }

    private static Asked get(String path) {
        return new Asked(path, "");
    }

    /** Words in single quotes are JSON's, those in brackets bytes. */
    private static Asked post(String path, String body) {
        StringBuilder json = new StringBuilder();
        for (String part : body.replace('\'', '"').split("(?=<)|>", -1)) {
            json.append(
                    part.startsWith("<")
                            ? '"'
                                    + Base64.getEncoder()
                                            .encodeToString(part.substring(1).getBytes(UTF_8))
                                    + '"'
                            : part);
        }
        return new Asked(path, json.toString());
    }

    private static final List<Asked> STORY = List.of(
            get("/version"),
            get("/health"),
            get("/health?serializable=true"),
            get("/health?exclude=NOSPACE"),
            get("/livez"),
            get("/readyz"),
            get("/livez/serializable_read"),
            get("/readyz/linearizable_read"),
            get("/v2/keys"),
            post("/v3/kv/put", "{'key': <a>, 'value': <1>}"),
            post("/v3/kv/put", "{'key': <a>, 'value': <2>, 'prev_kv': true}"),
            post("/v3/kv/put", "{'key': <b>, 'value': <1>, 'prevKv': true}"),
            post("/v3/kv/put", "{'value': <1>}"),
            post("/v3/kv/put", "{'key': <c>, 'lease': '77'}"),
            post("/v3/kv/range", "{'key': <a>}"),
            post("/v3beta/kv/range", "{'key': <a>}"),
            post("/v3/kv/range", "{'key': <a>, 'range_end': <z>, 'limit': '1'}"),
            post("/v3/kv/range", "{'key': <a>, 'rangeEnd': <z>, 'limit': 1, 'sort_order': 'DESCEND'}"),
            post("/v3/kv/range", "{'key': <a>, 'range_end': <z>, 'sort_order': 2, 'sort_target': 'VALUE'}"),
            post("/v3/kv/range", "{'key': <a>, 'range_end': <z>, 'count_only': true}"),
            post("/v3/kv/range", "{'key': <a>, 'revision': 2}"),
            post("/v3/kv/range", "{'key': <a>, 'revision': '1000'}"),
            post("/v3/kv/range", "{'key': <nothing>}"),
            post("/v3/kv/range", "{'key': <a>, 'what': 1}"),
            post(
                    "/v3/kv/txn",
                    "{'compare': [{'target': 'VALUE', 'key': <a>, 'value': <2>}],"
                            + " 'success': [{'requestPut': {'key': <a>, 'value': <3>}}, {'request_range': {'key': <a>}}],"
                            + " 'failure': [{'request_delete_range': {'key': <a>}}]}"),
            post("/v3/kv/txn", "{'compare': [{'target': 'CREATE', 'key': <a>, 'create_revision': '0'}]}"),
            post("/v3/kv/txn", "{'success': [{'request_put': {'key': <t>}}, {'request_put': {'key': <t>}}]}"),
            post("/v3/kv/deleterange", "{'key': <b>, 'prev_kv': true}"),
            post("/v3/kv/deleterange", "{'key': <b>}"),
            post("/v3/kv/compaction", "{'revision': '3'}"),
            post("/v3/kv/compaction", "{'revision': 3}"),
            post("/v3/kv/range", "{'key': <a>, 'revision': 2}"),
            post("/v3/lease/grant", "{'TTL': 60, 'ID': '7'}"),
            post("/v3/lease/grant", "{'TTL': '60', 'ID': 7}"),
            post("/v3/kv/put", "{'key': <leased>, 'lease': 7}"),
            post("/v3/lease/leases", "{}"),
            post("/v3/kv/lease/leases", "{}"),
            post("/v3/lease/keepalive", "{'ID': 7}"),
            post("/v3/lease/keepalive", "{'ID': 8}"),
            post("/v3/lease/timetolive", "{'ID': 8, 'keys': true}"),
            post("/v3/kv/lease/revoke", "{'ID': 7}"),
            post("/v3/lease/revoke", "{'ID': 7}"),
            post("/v3/maintenance/alarm", "{'action': 'GET'}"),
            post("/v3/maintenance/alarm", "{'action': 'ACTIVATE', 'alarm': 'NOSPACE'}"),
            get("/health"),
            get("/health?exclude=NOSPACE"),
            get("/readyz"),
            post("/v3/kv/put", "{'key': <a>}"),
            post("/v3/maintenance/alarm", "{'action': 'DEACTIVATE', 'alarm': 1}"),
            post("/v3/kv/put", "{'key': <a>}"),
            post("/v3/auth/status", "{}"),
            post("/v3/auth/authenticate", "{'name': 'root', 'password': 'x'}"),
            post("/v3/auth/user/add", "{'name': ''}"),
            post("/v3/auth/role/get", "{'role': 'none'}"),
            post("/v3/election/leader", "{'name': <nobody>}"),
            post("/v3/cluster/member/remove", "{'ID': 99}"),
            post("/v3/maintenance/transfer-leadership", "{'targetID': 99}"),
            post("/v3/maintenance/downgrade", "{'action': 'VALIDATE', 'version': 'old'}"));

    @TestFactory
    Stream<DynamicTest> bothReplyAlike() throws Exception {
        ReferenceEtcd etcd = new ReferenceEtcd(ReferenceEtcd.binary(), directory.resolve("etcd"), List.of());
        CairnInProcess cairn = new CairnInProcess(directory.resolve("cairn"), 1);
        return STORY.stream()
                .map(asked -> DynamicTest.dynamicTest(
                        asked.toString(),
                        () -> assertThat(reply(asked, cairn.address(0))).isEqualTo(reply(asked, etcd.address()))))
                .onClose(client::close)
                .onClose(cairn::close)
                .onClose(etcd::close);
    }

    /** Status and text; of a failure only what all releases of etcd tell. */
    private String reply(Asked asked, String address) throws Exception {
        HttpResponse<String> response = client.send(asked.of(address), HttpResponse.BodyHandlers.ofString());
        String body = response.body().strip();
        String told = body.startsWith("{") ? alike(JsonParser.parseString(body)) : body;
        return response.statusCode() + (response.statusCode() == 404 ? "" : " " + told);
    }

    private static String alike(JsonElement json) {
        if (!json.isJsonObject()) {
            return json.toString();
        }
        JsonObject object = json.getAsJsonObject();
        if (object.has("code") && object.has("message")) {
            return object.get("code") + " " + object.get("message");
        }
        TreeMap<String, String> fields = new TreeMap<>();
        object.entrySet()
                .forEach(field ->
                        fields.put(field.getKey(), OWN.contains(field.getKey()) ? "its own" : alike(field.getValue())));
        return fields.toString();
    }
}
