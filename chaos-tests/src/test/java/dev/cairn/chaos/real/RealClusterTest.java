package dev.cairn.chaos.real;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.proto.v1.ReplicaStatusResponse;
import dev.cairn.server.config.StartupException;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KeyValue;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** Four processes, a client that knows nothing of Cairn, and {@code kill -9}. */
class RealClusterTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** The promise is 3 s; a machine shared with others gets more. */
    private static final long LONGEST_GAP_MILLIS = 10_000;

    private static final int WARM = 20;

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
    static void makeCluster() throws IOException, StartupException {
        cluster = new RealCluster(directory);
    }

    @BeforeEach
    void allRun() {
        try {
            cluster.startAll();
        } catch (AssertionError e) {
            cluster.printLogs(System.out);
            throw e;
        }
    }

    @AfterAll
    static void stopCluster() {
        if (cluster != null) {
            cluster.close();
        }
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, UTF_8);
    }

    private static <T> T answer(CompletableFuture<T> future) {
        return future.orTimeout(PATIENCE.toSeconds(), TimeUnit.SECONDS).join();
    }

    private static Client client(int replica) {
        return cluster.client(replica);
    }

    private static Optional<String> get(int replica, String key) {
        GetResponse response = answer(client(replica).getKVClient().get(bytes(key)));
        return response.getKvs().stream()
                .map(kv -> kv.getValue().toString(UTF_8))
                .findFirst();
    }

    private static long put(int replica, String key, String value) {
        return answer(client(replica).getKVClient().put(bytes(key), bytes(value)))
                .getHeader()
                .getRevision();
    }

    @Test
    void whatOneEndpointPutsEveryEndpointGets() {
        for (int writer = 0; writer < RealCluster.REPLICAS; writer++) {
            String value = "through " + writer;
            put(writer, "shared", value);
            for (int reader = 0; reader < RealCluster.REPLICAS; reader++) {
                assertThat(get(reader, "shared")).as("through " + reader).contains(value);
            }
        }
        assertThat(answer(client(1).getKVClient().delete(bytes("shared"))).getDeleted())
                .isEqualTo(1);
        assertThat(get(2, "shared")).isEmpty();
        assertThat(answer(client(3)
                                .getKVClient()
                                .delete(
                                        bytes("shared"),
                                        DeleteOption.builder().isPrefix(true).build()))
                        .getDeleted())
                .isZero();
    }

    @Test
    void aTransactionTakesOneBranch() {
        assertThat(createIfAbsent(0, "first").isSucceeded()).isTrue();
        TxnResponse second = createIfAbsent(1, "second");
        assertThat(second.isSucceeded()).isFalse();
        assertThat(second.getGetResponses().getFirst().getKvs())
                .extracting(kv -> kv.getValue().toString(UTF_8))
                .containsExactly("first");
        assertThat(get(2, "lock")).contains("first");
    }

    private static TxnResponse createIfAbsent(int replica, String value) {
        ByteSequence lock = bytes("lock");
        return answer(client(replica)
                .getKVClient()
                .txn()
                .If(new Cmp(lock, Cmp.Op.EQUAL, CmpTarget.createRevision(0)))
                .Then(Op.put(lock, bytes(value), PutOption.DEFAULT))
                .Else(Op.get(lock, GetOption.DEFAULT))
                .commit());
    }

    @Test
    void aWatchSeesWhatAnotherEndpointPutsAndDeletes() {
        List<String> seen = new CopyOnWriteArrayList<>();
        CompletableFuture<Void> created = new CompletableFuture<>();
        WatchOption option =
                WatchOption.builder().isPrefix(true).withCreateNotify(true).build();
        try (Watch.Watcher _ = client(3).getWatchClient().watch(bytes("watched/"), option, response -> {
            if (response.isCreatedNotify()) {
                created.complete(null);
            }
            response.getEvents().forEach(event -> seen.add(described(event)));
        })) {
            answer(created);
            put(0, "watched/a", "1");
            put(1, "watched/b", "2");
            var _ = answer(client(2).getKVClient().delete(bytes("watched/a")));
            List<String> expected = List.of("PUT watched/a=1", "PUT watched/b=2", "DELETE watched/a=");
            Await.until("three events", PATIENCE, () -> seen.size() >= 3, seen::toString);
            assertThat(seen).containsExactlyElementsOf(expected);

            // What nobody keeps alive goes by itself, though nothing else is written.
            long lease = answer(client(0).getLeaseClient().grant(2)).getID();
            PutOption leased = PutOption.builder().withLeaseId(lease).build();
            var _ = answer(client(1).getKVClient().put(bytes("watched/c"), bytes("3"), leased));
            Await.until("two events more", PATIENCE, () -> seen.size() >= 5, seen::toString);
            assertThat(seen.subList(3, 5)).containsExactly("PUT watched/c=3", "DELETE watched/c=");
        }
    }

    private static String described(WatchEvent event) {
        KeyValue kv = event.getKeyValue();
        return event.getEventType() + " " + kv.getKey().toString(UTF_8) + "="
                + kv.getValue().toString(UTF_8);
    }

    @Test
    void compactionForgetsThePast() {
        long old = put(0, "compacted", "old");
        long current = put(1, "compacted", "new");
        GetOption past = GetOption.builder().withRevision(old).build();
        assertThat(answer(client(2).getKVClient().get(bytes("compacted"), past)).getKvs())
                .extracting(kv -> kv.getValue().toString(UTF_8))
                .containsExactly("old");
        var _ = answer(client(3).getKVClient().compact(current));
        for (int i = 0; i < RealCluster.REPLICAS; i++) {
            CompletableFuture<GetResponse> read = client(i).getKVClient().get(bytes("compacted"), past);
            assertThatThrownBy(() -> answer(read)).hasMessageContaining("required revision has been compacted");
            assertThat(get(i, "compacted")).contains("new");
        }
    }

    @Test
    void killingABackupFailsNoWrite() {
        int backup = (cluster.primary() + 1) % RealCluster.REPLICAS;
        List<Writer> writers = writersWithout("backup", backup);
        try {
            awaitMore(writers, WARM);
            cluster.kill(backup);
            awaitMore(writers, 5 * WARM);
        } finally {
            stop(writers);
        }
        report("backup " + backup + " killed", writers);
        assertThat(writers).allSatisfy(writer -> assertThat(writer.failures()).isEmpty());
        assertReadable(without(backup), writers);
        cluster.startAll();
        assertReadable(everyone(), writers);
        awaitSameState();
    }

    @Test
    void killingThePrimaryHoldsWritesUpOnlyShortly() {
        int primary = cluster.primary();
        long view = view(primary);
        List<Writer> writers = writersWithout("primary", primary);
        try {
            awaitMore(writers, WARM);
            cluster.kill(primary);
            awaitMore(writers, 5 * WARM);
        } finally {
            stop(writers);
        }
        report("primary " + primary + " killed", writers);
        assertThat(writers)
                .allSatisfy(writer -> assertThat(writer.longestGapMillis()).isLessThanOrEqualTo(LONGEST_GAP_MILLIS));
        assertReadable(without(primary), writers);
        cluster.startAll();
        assertReadable(everyone(), writers);
        awaitSameState();
        assertThat(view(cluster.primary())).isGreaterThan(view);
    }

    private static long view(int replica) {
        return Await.present("replica " + replica + " answers", PATIENCE, () -> cluster.status(replica))
                .getView();
    }

    @Test
    void killingAllAtOnceLosesNoAcknowledgedWrite() {
        List<Writer> writers = writersWithout("all", -1);
        try {
            awaitMore(writers, WARM);
            cluster.kill(0, 1, 2, 3);
        } finally {
            writers.forEach(Writer::close);
        }
        stop(writers);
        report("all killed", writers);
        cluster.startAll();
        assertReadable(everyone(), writers);
        put(0, "after", "all were dead");
        awaitSameState();
    }

    private static List<Integer> everyone() {
        return without(-1);
    }

    private static List<Integer> without(int replica) {
        return IntStream.range(0, RealCluster.REPLICAS)
                .filter(i -> i != replica)
                .boxed()
                .toList();
    }

    private static List<Writer> writersWithout(String name, int replica) {
        List<Writer> writers = new ArrayList<>();
        without(replica)
                .forEach(i ->
                        writers.add(new Writer(name + "/" + i + "/", client(i).getKVClient())));
        return writers;
    }

    /** Waits until each of them has had {@code more} further writes acknowledged. */
    private static void awaitMore(List<Writer> writers, int more) {
        Map<Writer, Integer> before = new HashMap<>();
        writers.forEach(writer -> before.put(writer, writer.count()));
        Await.until(
                more + " more writes through every endpoint",
                PATIENCE,
                () -> before.entrySet().stream()
                        .allMatch(entry -> entry.getKey().count() >= entry.getValue() + more),
                () -> writers.stream()
                        .map(writer -> writer.prefix() + " " + writer.count() + " " + writer.failures())
                        .toList()
                        .toString());
    }

    private static void stop(List<Writer> writers) {
        writers.forEach(Writer::stop);
    }

    private static void report(String what, List<Writer> writers) {
        StringBuilder line = new StringBuilder("real cluster, ").append(what).append(':');
        for (Writer writer : writers) {
            line.append(" [")
                    .append(writer.prefix())
                    .append(' ')
                    .append(writer.count())
                    .append(" acknowledged, ")
                    .append(writer.failures().size())
                    .append(" failed, longest gap ")
                    .append(writer.longestGapMillis())
                    .append(" ms]");
        }
        System.out.println(line);
        writers.forEach(writer -> writer.failures().stream().limit(3).forEach(System.out::println));
    }

    private static void assertReadable(List<Integer> replicas, List<Writer> writers) {
        GetOption prefix = GetOption.builder().isPrefix(true).build();
        for (int replica : replicas) {
            for (Writer writer : writers) {
                Map<String, String> found = new HashMap<>();
                answer(client(replica).getKVClient().get(bytes(writer.prefix()), prefix))
                        .getKvs()
                        .forEach(kv -> found.put(
                                kv.getKey().toString(UTF_8), kv.getValue().toString(UTF_8)));
                assertThat(found).as("read through " + replica).containsAllEntriesOf(writer.acknowledged());
            }
        }
    }

    /** At one height two replicas never differ; and in the end all four are at one. */
    private static void awaitSameState() {
        List<String> last = new ArrayList<>();
        Await.until(
                "all replicas have the same state",
                PATIENCE,
                () -> {
                    last.clear();
                    Map<Long, String> roots = new HashMap<>();
                    for (int i = 0; i < RealCluster.REPLICAS; i++) {
                        ReplicaStatusResponse status = cluster.status(i).orElse(null);
                        if (status == null) {
                            return false;
                        }
                        String root =
                                HexFormat.of().formatHex(status.getStateRoot().toByteArray());
                        last.add("replica " + i + " at " + status.getCommittedHeight() + " has " + root);
                        String other = roots.putIfAbsent(status.getCommittedHeight(), root);
                        assertThat(other == null ? root : other)
                                .as("root at one height, " + last)
                                .isEqualTo(root);
                    }
                    return last.size() == RealCluster.REPLICAS && roots.size() == 1;
                },
                last::toString);
    }
}
