package dev.cairn.chaos.real;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.protocol.Parameters;
import dev.cairn.server.config.NewCluster;
import io.etcd.jetcd.ByteSequence;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Four processes that keep few blocks: a replica that was away too long, or lost its state, fetches the state itself. */
class RealTransferTest {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int INTERVAL = 16;
    private static final int RETAINED = 32;
    private static final Parameters SHORT_CHECKPOINTS =
            new Parameters(16, INTERVAL, 4 << 20, 1 << 20, 500_000_000L, 30_000_000_000L);

    /** So much that its state is many chunks. */
    private static final int LARGE_VALUES = 160;

    private static final int LARGE_VALUE_BYTES = 64 << 10;
    private static final int AWAY = 3;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    @RegisterExtension
    static final AfterTestExecutionCallback LOGS = context -> {
        if (context.getExecutionException().isPresent()) {
            cluster.printLogs(System.out);
        }
    };

    @BeforeAll
    static void makeCluster() throws Exception {
        cluster = new RealCluster(directory, SHORT_CHECKPOINTS);
        for (int i = 0; i < RealCluster.REPLICAS; i++) {
            Files.writeString(
                    cluster.directory(i).resolve(NewCluster.CONFIG),
                    Files.readString(cluster.directory(i).resolve(NewCluster.CONFIG))
                            .replace("retain-blocks = all", "retain-blocks = " + RETAINED));
        }
        cluster.startAll();
        ByteSequence value = ByteSequence.from("v".repeat(LARGE_VALUE_BYTES), UTF_8);
        for (int i = 0; i < LARGE_VALUES; i++) {
            var _ = cluster.client(0)
                    .getKVClient()
                    .put(ByteSequence.from("large/" + i, UTF_8), value)
                    .get(30, TimeUnit.SECONDS);
        }
    }

    @BeforeEach
    void allRun() {
        cluster.startAll();
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    @Test
    void aReplicaThatWasAwayBeyondTheRetainedBlocksFetchesTheState() throws Exception {
        try (Writer writer = new Writer("away/", cluster.client(0).getKVClient())) {
            int before = transfers();
            beAway();
            cluster.start(AWAY);
            awaitEqual(writer);
            assertThat(transfers()).isGreaterThan(before);
        }
    }

    @Test
    void aReplicaThatIsKilledWhileItFetchesComesUpAllTheSame() throws Exception {
        try (Writer writer = new Writer("killed/", cluster.client(0).getKVClient())) {
            long begun = lines("fetches the state at");
            beAway();
            cluster.start(AWAY);
            Await.until("it fetches a state", PATIENCE, () -> lines("fetches the state at") > begun);
            cluster.kill(AWAY);
            cluster.start(AWAY);
            awaitEqual(writer);
        }
    }

    @Test
    void aReplicaWhoseStateIsDamagedOnDiskMakesItAnew() throws Exception {
        try (Writer writer = new Writer("damaged/", cluster.client(0).getKVClient())) {
            Await.until("blocks are gone", PATIENCE, () -> height(0) > RETAINED + 2 * INTERVAL);
            cluster.kill(AWAY);
            damage(cluster.directory(AWAY).resolve("data/state"));
            cluster.start(AWAY);
            awaitEqual(writer);
            assertThat(cluster.directory(AWAY).resolve("data/state.damaged")).exists();
            assertThat(metrics(AWAY)).contains("cairn_damaged_states 1.0");
            assertThat(metrics(0)).contains("cairn_damaged_states 0.0");
        }
    }

    private static String metrics(int replica) throws Exception {
        try (HttpClient http = HttpClient.newHttpClient()) {
            URI page = URI.create("http://" + cluster.endpoint(replica) + "/metrics");
            return http.send(HttpRequest.newBuilder(page).build(), HttpResponse.BodyHandlers.ofString())
                    .body();
        }
    }

    /** Until what it misses is not kept any more. */
    private static void beAway() {
        long left = height(AWAY);
        cluster.kill(AWAY);
        Await.until(
                "the others have pruned what replica " + AWAY + " misses",
                PATIENCE,
                () -> height(0) > left + RETAINED + 3 * INTERVAL);
    }

    private static long height(int replica) {
        return cluster.status(replica)
                .map(ReplicaStatusResponse::getCommittedHeight)
                .orElse(0L);
    }

    /** While clients write replica 3 comes up with the others; then all are left alone and must be equal. */
    private static void awaitEqual(Writer writer) {
        long target = height(0);
        Await.until(
                "replica " + AWAY + " is at " + target,
                PATIENCE,
                () -> height(AWAY) >= target,
                () -> cluster.status(AWAY).map(Object::toString).orElse("it does not answer"));
        writer.stop();
        assertThat(writer.failures()).isEmpty();
        Await.until("all state roots are equal", PATIENCE, () -> {
            List<Optional<ReplicaStatusResponse>> all = IntStream.range(0, RealCluster.REPLICAS)
                    .mapToObj(cluster::status)
                    .toList();
            return all.stream().allMatch(s -> s.isPresent() && !s.get().getQuarantined())
                    && all.stream()
                                    .map(Optional::orElseThrow)
                                    .map(s -> List.of(s.getCommittedHeight(), s.getStateRoot()))
                                    .distinct()
                                    .count()
                            == 1;
        });
        cluster.awaitServing(AWAY);
    }

    private static int transfers() {
        return (int) lines("starts again from the state at");
    }

    /** How often replica 3 has said so. */
    private static long lines(String saying) {
        try (Stream<String> lines = Files.lines(cluster.directory(AWAY).resolve("log"))) {
            return lines.filter(line -> line.contains(saying)).count();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Flips bytes in every file of a database that does not run. */
    private static void damage(Path database) throws IOException {
        try (Stream<Path> files = Files.list(database)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                for (int i = bytes.length / 4; i < bytes.length / 2; i++) {
                    bytes[i] ^= 0x55;
                }
                Files.write(file, bytes, StandardOpenOption.TRUNCATE_EXISTING);
            }
        }
    }
}
