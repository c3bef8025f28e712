package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.client.CairnClient;
import dev.cairn.client.ClientSettings;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.HostPort;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.TestKey;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * How many signed changes a cluster of four processes executes in a second: each submitted by its author and approved by
 * somebody else, one after the other with receipts of both, many changes at a time. Two authors take turns, for each may have 64
 * changes in waiting.
 *
 * <pre>mvn -q -pl chaos-tests -am test -Dtest=ChangeRateFigures -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.figures=true</pre>
 */
@EnabledIfSystemProperty(named = "cairn.figures", matches = "true")
class ChangeRateFigures {
    private static final int WARM_UP = 10_000;
    private static final int MEASURED = 6_000;
    private static final int IN_FLIGHT = 120;
    private static final Bytes VALUE = Bytes.utf8("v".repeat(256));
    private static final TestKey ALICE = TestKey.of(KeyKind.ED25519, 1);
    private static final TestKey BOB = TestKey.of(KeyKind.ED25519, 2);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    /** Signed before it is timed. */
    private record Signed(Operation submission, Operation approval) {}

    @Test
    void print() throws Exception {
        Governance governance = Governance.parse(Bytes.utf8(String.join(
                        "\n",
                        "cairn-governance-1",
                        "person alice",
                        "key alice " + ALICE.publicKey().line(),
                        "person bob",
                        "key bob " + BOB.publicKey().line(),
                        "guard registry threshold 2 people alice,bob roles - author counts keys any valid 86400")
                + "\n"));
        try (RealCluster cluster = new RealCluster(directory, governance);
                ExecutorService workers = Executors.newFixedThreadPool(IN_FLIGHT)) {
            cluster.startAll();
            Pin pin = Pin.of(GenesisFile.read(cluster.directory(0).resolve("genesis.json")));
            List<CairnClient> clients = new ArrayList<>();
            try {
                for (int i = 0; i < RealCluster.REPLICAS; i++) {
                    List<HostPort> endpoints = new ArrayList<>();
                    for (int j = 0; j < RealCluster.REPLICAS; j++) {
                        endpoints.add(cluster.endpoint((i + j) % RealCluster.REPLICAS));
                    }
                    clients.add(CairnClient.connect(ClientSettings.of(pin).withEndpoints(endpoints)));
                }
                run(workers, clients, signed(pin.chainId(), 0, WARM_UP));
                long[] nanos = new long[MEASURED];
                List<Signed> changes = signed(pin.chainId(), WARM_UP, MEASURED);
                long start = System.nanoTime();
                List<Long> took = run(workers, clients, changes);
                double seconds = (System.nanoTime() - start) / 1e9;
                Arrays.setAll(nanos, took::get);
                Arrays.sort(nanos);
                System.out.printf(
                        "%d changes of two signatures, %d in flight: %.0f/s, p50 %.1f ms, p99 %.1f ms%n",
                        MEASURED,
                        IN_FLIGHT,
                        MEASURED / seconds,
                        nanos[MEASURED / 2] / 1e6,
                        nanos[MEASURED * 99 / 100] / 1e6);
            } finally {
                clients.forEach(CairnClient::close);
            }
        }
    }

    private static List<Long> run(ExecutorService workers, List<CairnClient> clients, List<Signed> changes)
            throws Exception {
        List<Callable<Long>> tasks = new ArrayList<>();
        for (int i = 0; i < changes.size(); i++) {
            CairnClient client = clients.get(i % clients.size());
            Signed change = changes.get(i);
            tasks.add(() -> {
                long start = System.nanoTime();
                assertThat(standing(client, change.submission())).isEqualTo(ChangeStanding.PENDING);
                assertThat(standing(client, change.approval())).isEqualTo(ChangeStanding.EXECUTED);
                return System.nanoTime() - start;
            });
        }
        List<Long> took = new ArrayList<>();
        for (Future<Long> done : workers.invokeAll(tasks)) {
            took.add(done.get());
        }
        return took;
    }

    private static ChangeStanding standing(CairnClient client, Operation operation) throws Exception {
        return client.submit(operation).value().outcome() instanceof Outcome.Change change
                ? change.standing()
                : ChangeStanding.REFUSED;
    }

    private static List<Signed> signed(Digest chain, int from, int count) throws Exception {
        long now = Instant.now().getEpochSecond();
        Digest hash = Hashing.sha256(VALUE.shared());
        List<Signed> all = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            boolean byAlice = i % 2 == 0;
            TestKey author = byAlice ? ALICE : BOB;
            TestKey approver = byAlice ? BOB : ALICE;
            Change change = new Change(
                    chain,
                    0,
                    now - 60,
                    now + 3600,
                    new PrincipalName(byAlice ? "alice" : "bob"),
                    "Change " + i,
                    List.of(),
                    List.of(new ChangeOperation.Put(Bytes.utf8("prod/key/" + i), VALUE.size(), hash)));
            Bytes approval = new Endorsement(Endorsement.Kind.APPROVAL, chain, change.digest()).text();
            all.add(new Signed(
                    new Operation.SubmitChange(
                            change.text(), List.of(VALUE), author.sign(Purpose.CHANGE.namespace(), change.text())),
                    new Operation.EndorseChange(approval, approver.sign(Purpose.APPROVE.namespace(), approval))));
        }
        return all;
    }
}
