package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.real.RealAgent.Page;
import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Pin;
import dev.cairn.client.ProvenKeys;
import dev.cairn.client.SavedProof;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import java.io.BufferedReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * An agent that first meets three who lie, each in its own way, and then the one honest replica; four real processes behind
 * them. The last tests go on from each other and leave the cluster dead.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealAgentTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static Path genesis;

    @SuppressWarnings("NullAway.Init")
    private static CairnClient client;

    private static final List<LyingFrontEnd> LIARS = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private static RealAgent agent;

    @BeforeAll
    static void start() throws Exception {
        cluster = new RealCluster(directory);
        cluster.startAll();
        genesis = cluster.directory(0).resolve("genesis.json");
        client = CairnClient.connect(ClientSettings.of(Pin.read(genesis))
                .withEndpoints(IntStream.range(0, RealCluster.REPLICAS)
                        .mapToObj(cluster::endpoint)
                        .toList())
                .withTimeout(Duration.ofSeconds(30)));
        for (LyingFrontEnd.Lie lie : LyingFrontEnd.Lie.values()) {
            LIARS.add(new LyingFrontEnd(cluster.endpoint(LIARS.size()), lie));
        }
        put("app/one", "1");
        put("app/two", "2");
        put("other", "x");
        agent = agent("agent");
    }

    private static RealAgent agent(String name) throws Exception {
        List<HostPort> replicas =
                new ArrayList<>(LIARS.stream().map(LyingFrontEnd::address).toList());
        replicas.add(cluster.endpoint(3));
        return new RealAgent(directory.resolve(name), genesis, replicas, "cache = app/", "timeout-millis = 8000");
    }

    @AfterAll
    static void stop() {
        agent.close();
        LIARS.forEach(LyingFrontEnd::close);
        client.close();
        cluster.close();
    }

    private static long put(String key, String value) throws Exception {
        return client.submit(new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false))
                .value()
                .outcome()
                .revision();
    }

    @Test
    @Order(1)
    void whatIsReadIsTheNewestWhoeverLies() throws Exception {
        for (int i = 0; i < 10; i++) {
            put("other", "value " + i);
            Page page = agent.get("/v1/get?key=other");
            assertThat(page.status()).as(page.body()).isEqualTo(200);
            assertThat(page.body())
                    .contains("\"found\":true", "\"value\":\"value " + i + "\"", "\"source\":\"cluster\"");
        }
        assertThat(agent.get("/v1/get?key=other&raw")).isEqualTo(new Page(200, "value 9"));
        assertThat(LIARS).allSatisfy(liar -> assertThat(liar.told()).isPositive());
    }

    @Test
    @Order(1)
    void thatAKeyIsNotThereIsProvenToo() {
        Page page = agent.get("/v1/get?key=nothing");
        assertThat(page.status()).isEqualTo(404);
        assertThat(page.body()).contains("\"found\":false", "\"key\":\"nothing\"", "\"signers\":[");
    }

    @Test
    @Order(1)
    void aListLeavesNothingOut() throws Exception {
        long revision = put("app/three", "3");
        Page page = agent.get("/v1/list?prefix=app/");
        assertThat(page.body())
                .containsSubsequence("\"key\":\"app/one\"", "\"key\":\"app/three\"", "\"key\":\"app/two\"")
                .contains("\"more\":false");
        assertThat(agent.get("/v1/list?prefix=app/&limit=1").body())
                .contains("app/one", "\"more\":true")
                .doesNotContain("app/two");
        assertThat(agent.get("/v1/list?prefix=app/&revision=" + (revision - 1)).body())
                .contains("app/two", "\"at_revision\":" + (revision - 1))
                .doesNotContain("app/three");
    }

    @Test
    @Order(1)
    void theProofBehindAnAnswerIsCheckedWithoutAgentAndCluster() throws Exception {
        Path file = directory.resolve("other.proof");
        Commands.run(
                "curl",
                "-s",
                "--unix-socket",
                agent.socket().toString(),
                "-o",
                file.toString(),
                "http://agent/v1/proof?key=other");
        ProvenKeys proven = SavedProof.decode(Files.readAllBytes(file)).check(Pin.read(genesis));
        assertThat(proven.versions()).hasSize(1);
        assertThat(proven.versions().getFirst().key()).isEqualTo(Bytes.utf8("other"));
    }

    @Test
    @Order(1)
    void aMisspeltQuestionIsNoAnswer() {
        assertThat(agent.get("/v1/get?key=app/one&max_stale=5s").status()).isEqualTo(400);
        assertThat(agent.get("/v1/get?key=app/one&max-stale=5").status()).isEqualTo(400);
        assertThat(agent.get("/v1/gte?key=app/one").status()).isEqualTo(400);
        assertThat(agent.get("/v1/get").status()).isEqualTo(400);
    }

    @Test
    @Order(2)
    void aWatchTellsEveryChangeOnceAndGoesOnWhereItEnded() throws Exception {
        long first = put("app/watched", "a");
        Process stream = agent.stream("/v1/watch?prefix=app/&after=" + (first - 1));
        try (BufferedReader events = stream.inputReader()) {
            assertThat(RealAgent.lineOf(events, "data: {\"revision\":" + first + ","))
                    .contains("\"type\":\"put\"", "\"key\":\"app/watched\"", "\"value\":\"a\"");
            put("other", "unseen");
            long second = put("app/watched", "b");
            assertThat(RealAgent.lineOf(events, "data: {\"revision\":" + second + ","))
                    .contains("\"value\":\"b\"");
        } finally {
            stream.destroy();
            stream.waitFor();
        }
        Await.until(
                "the watch that was left ends",
                PATIENCE,
                () -> agent.get("/metrics").body().contains("\ncairn_agent_streams 0.0\n"));
    }

    @Test
    @Order(2)
    void theCopyIsYoungAndSaysSo() throws Exception {
        put("app/copied", "new");
        Await.until("the copy has it", PATIENCE, () -> {
            Page page = agent.get("/v1/get?key=app/copied&max-stale=1h");
            return page.status() == 200 && page.body().contains("\"source\":\"copy\",\"stale_ms_at_most\":");
        });
        assertThat(agent.get("/v1/get?key=app/copied").body()).contains("\"source\":\"cluster\"");
        assertThat(agent.get("/v1/get?key=other&max-stale=1h").body())
                .as("not within the prefixes of the copy")
                .contains("\"source\":\"cluster\"");
    }

    @Test
    @Order(2)
    void statusNamesWhoWasNotBelieved() throws Exception {
        Page status = agent.status();
        assertThat(status.status()).as(status.body()).isZero();
        assertThat(status.body()).contains("\"reachable\": true", "\"prefix\": \"app/\"", "\"held\": true");
        assertThat(LIARS)
                .allSatisfy(liar ->
                        assertThat(status.body()).contains(liar.address().toString()));
    }

    @Test
    @Order(3)
    void withTheClusterGoneOnlyWhoAskedForItGetsTheCopy() throws Exception {
        put("app/last", "kept");
        Await.until(
                "the copy has it",
                PATIENCE,
                () -> agent.get("/v1/get?key=app/last&max-stale=1h").body().contains("\"source\":\"copy\""));
        cluster.kill(0, 1, 2, 3);
        assertThat(agent.get("/v1/get?key=app/last").status()).isEqualTo(503);
        assertThat(agent.get("/health").status()).isEqualTo(503);
        Page stale = agent.get("/v1/get?key=app/last&max-stale=1h");
        assertThat(stale.status()).isEqualTo(200);
        assertThat(stale.body()).contains("\"value\":\"kept\"", "\"stale_ms_at_most\":");
        Await.until(
                "the copy is too old for a second",
                PATIENCE,
                () -> agent.get("/v1/get?key=app/last&max-stale=1s").status() == 503);
        assertThat(agent.get("/v1/list?prefix=app/&max-stale=1h").body()).contains("app/last", "app/one");
        assertThat(agent.status().status()).isEqualTo(3);
    }

    @Test
    @Order(4)
    void anAgentThatComesAgainHoldsNoCopyAndBelievesNoOldHead() throws Exception {
        agent.kill();
        try (RealAgent again = agent("agent")) {
            // Of the liars one repeats what was true once; the head that was kept is newer.
            assertThat(again.get("/v1/get?key=app/last&max-stale=1h").status()).isEqualTo(503);
            assertThat(again.get("/v1/get?key=app/last").status()).isEqualTo(503);
        }
    }
}
