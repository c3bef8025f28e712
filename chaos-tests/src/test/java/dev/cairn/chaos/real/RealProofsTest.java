package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Freshness;
import dev.cairn.client.Pin;
import dev.cairn.client.Receipt;
import dev.cairn.client.Verified;
import dev.cairn.client.Watch;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.Limits;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.runtime.AuditException;
import dev.cairn.runtime.BootException;
import dev.cairn.runtime.LogAudit;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Proofs from real processes, and the audit of what they leave on disk. The tests go on from each other. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class RealProofsTest {
    private static final String NEEDLE = "the value of which a byte is changed on disk";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    @SuppressWarnings("NullAway.Init")
    private static Pin pin;

    @SuppressWarnings("NullAway.Init")
    private static CairnClient client;

    @SuppressWarnings("NullAway.Init")
    private static Height needle;

    @RegisterExtension
    static final AfterTestExecutionCallback LOGS = context -> {
        if (context.getExecutionException().isPresent()) {
            cluster.printLogs(System.out);
        }
    };

    @BeforeAll
    static void start() throws Exception {
        cluster = new RealCluster(directory);
        cluster.startAll();
        pin = Pin.of(GenesisFile.read(cluster.directory(0).resolve("genesis.json")));
        client = CairnClient.connect(ClientSettings.of(pin)
                .withEndpoints(IntStream.range(0, RealCluster.REPLICAS)
                        .mapToObj(cluster::endpoint)
                        .toList())
                .withTimeout(Duration.ofSeconds(30)));
    }

    @AfterAll
    static void stop() {
        client.close();
        cluster.close();
    }

    private static Receipt put(String key, String value) throws Exception {
        return client.submit(new Operation.Put(Bytes.utf8(key), Bytes.utf8(value), 0, false, false, false))
                .value();
    }

    @Test
    @Order(1)
    void whatIsWrittenIsProvenByAnyReplicaAndGoesOnWithoutOne() throws Exception {
        try (Watch watch = client.watch(KeySpan.prefix(Bytes.utf8("key/")), 0)) {
            long begun = watch.next().through();
            for (int i = 0; i < 20; i++) {
                put("key/" + i, "value " + i);
            }
            cluster.kill(0);
            assertThat(cluster.directory(0).resolve("data").resolve("native"))
                    .as("what a killed process leaves lies where its next start replaces it")
                    .isDirectoryContaining("glob:**.so");
            client.head(Freshness.LINEARIZABLE); // whoever is dead is asked last from now on: a write is not sent twice
            needle = put("key/needle", NEEDLE).block().height();
            put("key/last", "value");
            int told = 0;
            while (told < 22) {
                told += watch.next().events().size();
            }
            assertThat(watch.through()).isGreaterThanOrEqualTo(begun + 22);
        }
        Verified<Optional<KeyValue>> found = client.get(Bytes.utf8("key/needle"), Freshness.LINEARIZABLE);
        assertThat(found.value().orElseThrow().value()).isEqualTo(Bytes.utf8(NEEDLE));
        assertThat(client.list(KeySpan.prefix(Bytes.utf8("key/")), 0, 0, Freshness.LINEARIZABLE)
                        .value()
                        .records())
                .hasSize(22);
        Question.Range question = new Question.Range(KeySpan.prefix(Bytes.utf8("key/")), 0, 0, false);
        Files.write(
                directory.resolve("keys.proof"),
                client.prove(question, Freshness.LINEARIZABLE).value().encode());
        cluster.kill(1, 2, 3);
    }

    private static Height audit(Path scratch) throws AuditException, BootException {
        try (KvStateMachine machine =
                KvStateMachine.open(scratch, pin.chainId(), pin.document().governance(), Limits.DEFAULT)) {
            return LogAudit.<KvState>run(
                    cluster.directory(1).resolve("data"),
                    pin.genesis(),
                    new Height(1),
                    Optional.of(machine),
                    (_, _, _) -> {});
        }
    }

    @Test
    @Order(2)
    void theChainOnDiskHoldsAndIsExecutedAgain() throws Exception {
        assertThat(audit(directory.resolve("scratch-1"))).isGreaterThanOrEqualTo(needle);
    }

    @Test
    @Order(2)
    void theCommandTellsWhoChangedWhat() throws Exception {
        Run run = command(1, "--writes", "key/", "--json");
        assertThat(run.exitCode()).as("%s", run.lines()).isZero();
        assertThat(run.lines()).hasSize(23);
        assertThat(run.lines().getFirst())
                .matches("\\{\"block\":\\d+,\"time\":\".*Z\",\"replica\":\"r[0-3]\",\"type\":\"PUT\",\"key\":\""
                        + Base64.getEncoder().encodeToString("key/0".getBytes(StandardCharsets.UTF_8))
                        + "\",\"mod_revision\":2}");
        assertThat(run.lines().getLast())
                .startsWith("{\"holds\":true,\"from\":1,")
                .contains("\"executed\":true");
    }

    @Test
    @Order(2)
    void aKeptProofIsCheckedWithoutTheCluster() throws Exception {
        Run run = cairn("proof", "check", directory.resolve("keys.proof").toString());
        assertThat(run.exitCode()).as("%s", run.lines()).isZero();
        assertThat(run.lines()).contains("key/needle", NEEDLE).hasSize(2 * 22 + 1);
        assertThat(run.lines()).last().asString().startsWith("proven: 22 keys and no other from \"key/\"");
    }

    @Test
    @Order(3)
    void theBlockIsNamedOfWhichAByteWasChanged() throws Exception {
        assertThat(change(cluster.directory(1).resolve("data").resolve("log"))).isPositive();
        AuditException found = catchThrowableOfType(AuditException.class, () -> audit(directory.resolve("scratch-2")));
        assertThat(found).isNotNull();
        // What was written with it in one batch is lost with it.
        assertThat(found.height().value()).isBetween(needle.value() - 2, needle.value());
    }

    @Test
    @Order(4)
    void theCommandFailsAndNamesTheBlock() throws Exception {
        Run run = command(1);
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lines()).last().asString().contains("block ").doesNotContain("Exception");
    }

    @Test
    @Order(4)
    void aLogWhoseLastWriteWasCutShortHoldsAsFarAsItGoesAndThatIsTold() throws Exception {
        Path log = cluster.directory(2).resolve("data").resolve("log");
        Path last;
        try (Stream<Path> files = Files.list(log)) {
            last = files.filter(file -> file.toString().endsWith(".log"))
                    .filter(file -> file.toFile().length() > 0)
                    .max(Comparator.naturalOrder())
                    .orElseThrow();
        }
        try (FileChannel file = FileChannel.open(last, StandardOpenOption.WRITE)) {
            file.truncate(file.size() - 3);
        }
        Run run = command(2);
        assertThat(run.exitCode()).as("%s", run.lines()).isZero();
        assertThat(run.lines()).last().asString().contains("the log ends in a write that was cut short");
    }

    @Test
    @Order(4)
    void nothingIsNoChainThatHolds() throws Exception {
        Run run = command(3, "--from", "1000000", "--json");
        assertThat(run.exitCode()).isEqualTo(1);
        assertThat(run.lines()).noneMatch(line -> line.contains("holds"));
    }

    private record Run(int exitCode, List<String> lines) {}

    private static Run command(int replica, String... more) throws Exception {
        List<String> audit = new ArrayList<>(
                List.of("audit", cluster.directory(replica).resolve("data").toString()));
        audit.addAll(List.of(more));
        return cairn(audit.toArray(String[]::new));
    }

    private static Run cairn(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(StartUp.cairn());
        command.addAll(List.of(arguments));
        command.addAll(
                List.of("--pin", cluster.directory(0).resolve("genesis.json").toString()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        List<String> lines = process.inputReader().lines().toList();
        return new Run(process.waitFor(), lines);
    }

    /** Changes one byte of each place that holds the needle; how many there were. */
    private static int change(Path log) throws IOException {
        int changed = 0;
        try (Stream<Path> files = Files.list(log)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                byte[] bytes = Files.readAllBytes(file);
                int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf(NEEDLE);
                if (at >= 0) {
                    bytes[at + 5] ^= 1;
                    Files.write(file, bytes);
                    changed++;
                }
            }
        }
        return changed;
    }
}
