package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import io.etcd.jetcd.ByteSequence;
import io.etcd.jetcd.Client;
import io.etcd.jetcd.KV;
import io.etcd.jetcd.Lease;
import io.etcd.jetcd.Watch;
import io.etcd.jetcd.kv.GetResponse;
import io.etcd.jetcd.kv.TxnResponse;
import io.etcd.jetcd.op.Cmp;
import io.etcd.jetcd.op.CmpTarget;
import io.etcd.jetcd.op.Op;
import io.etcd.jetcd.options.DeleteOption;
import io.etcd.jetcd.options.GetOption;
import io.etcd.jetcd.options.LeaseOption;
import io.etcd.jetcd.options.PutOption;
import io.etcd.jetcd.options.WatchOption;
import io.etcd.jetcd.watch.WatchEvent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** An unmodified etcd client, and an agent that meets three who lie before the one honest replica. */
@Timeout(300)
class RealAgentEtcdTest {
    private static final int SECONDS = 30;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private static Path directory;

    @SuppressWarnings("NullAway.Init")
    private static RealCluster cluster;

    private static final List<LyingFrontEnd> LIARS = new ArrayList<>();

    @SuppressWarnings("NullAway.Init")
    private static RealAgent agent;

    @SuppressWarnings("NullAway.Init")
    private static String agentAddress;

    @SuppressWarnings("NullAway.Init")
    private static Client client;

    @SuppressWarnings("NullAway.Init")
    private static KV kv;

    @BeforeAll
    static void start() throws Exception {
        cluster = new RealCluster(directory);
        cluster.startAll();
        List<HostPort> replicas = new ArrayList<>();
        for (LyingFrontEnd.Lie lie : LyingFrontEnd.Lie.values()) {
            LyingFrontEnd liar = new LyingFrontEnd(cluster.endpoint(LIARS.size()), lie);
            LIARS.add(liar);
            replicas.add(liar.address());
        }
        replicas.add(cluster.endpoint(3));
        int port = FreePorts.one();
        agent = new RealAgent(
                directory.resolve("agent"),
                cluster.directory(0).resolve("genesis.json"),
                replicas,
                "etcd-listen = 127.0.0.1:" + port,
                "etcd-socket = etcd.sock",
                "timeout-millis = 10000");
        agentAddress = "http://127.0.0.1:" + port;
        client = Client.builder().endpoints(agentAddress).build();
        kv = client.getKVClient();
    }

    @AfterAll
    static void stop() {
        client.close();
        agent.close();
        LIARS.forEach(LyingFrontEnd::close);
        cluster.close();
    }

    private static ByteSequence bytes(String text) {
        return ByteSequence.from(text, StandardCharsets.UTF_8);
    }

    private static <T> T get(CompletableFuture<T> future) throws Exception {
        return future.get(SECONDS, TimeUnit.SECONDS);
    }

    @Test
    void whatWasWrittenIsReadWhoeverLies() throws Exception {
        get(kv.put(bytes("a/1"), bytes("old")));
        var put = get(kv.put(
                bytes("a/1"), bytes("new"), PutOption.builder().withPrevKV().build()));
        assertThat(put.getPrevKv().getValue()).isEqualTo(bytes("old"));
        GetResponse found = get(kv.get(bytes("a/1")));
        assertThat(found.getKvs()).hasSize(1);
        assertThat(found.getKvs().getFirst().getValue()).isEqualTo(bytes("new"));
        assertThat(found.getHeader().getRevision())
                .isGreaterThanOrEqualTo(put.getHeader().getRevision());
        assertThat(get(kv.get(bytes("a/none"))).getCount()).isZero();
        long before = put.getHeader().getRevision() - 1;
        assertThat(get(kv.get(
                                bytes("a/1"),
                                GetOption.builder().withRevision(before).build()))
                        .getKvs()
                        .getFirst()
                        .getValue())
                .isEqualTo(bytes("old"));
        // The very replica whose front end lies has what was written.
        assertThat(cluster.kv(0)
                        .range(RangeRequest.newBuilder()
                                .setKey(EtcdCalls.bytes("a/1"))
                                .build())
                        .getKvs(0)
                        .getValue())
                .isEqualTo(EtcdCalls.bytes("new"));
    }

    @Test
    void theClusterTellsOfItselfAndLeasesArePassedOn() throws Exception {
        // Whoever lied about a key is not asked first any more.
        get(kv.get(bytes("l/1")));
        assertThat(get(client.getClusterClient().listMember()).getMembers())
                .extracting(member -> member.getName())
                .containsExactly("replica-0", "replica-1", "replica-2", "replica-3");
        var status = get(client.getMaintenanceClient().statusMember(agentAddress));
        assertThat(status.getRaftIndex()).isPositive();
        assertThat(get(client.getMaintenanceClient().listAlarms()).getAlarms()).isEmpty();
        Lease leases = client.getLeaseClient();
        long lease = get(leases.grant(60)).getID();
        get(kv.put(
                bytes("l/1"), bytes("1"), PutOption.builder().withLeaseId(lease).build()));
        assertThat(get(leases.keepAliveOnce(lease)).getTTL()).isEqualTo(60);
        assertThat(get(leases.timeToLive(
                                lease, LeaseOption.builder().withAttachedKeys().build()))
                        .getKeys())
                .containsExactly(bytes("l/1"));
        get(leases.revoke(lease));
        assertThat(get(kv.get(bytes("l/1"))).getKvs()).isEmpty();
    }

    @Test
    void rangesCountSortAndCut() throws Exception {
        for (String key : List.of("r/c", "r/a", "r/d", "r/b")) {
            get(kv.put(bytes(key), bytes(key)));
        }
        GetOption.Builder all = GetOption.builder().isPrefix(true);
        GetResponse cut = get(kv.get(bytes("r/"), all.withLimit(2).build()));
        assertThat(cut.getKvs()).extracting(each -> each.getKey().toString()).containsExactly("r/a", "r/b");
        assertThat(cut.isMore()).isTrue();
        assertThat(cut.getCount()).isEqualTo(4);
        GetResponse last = get(kv.get(
                bytes("r/"),
                GetOption.builder()
                        .isPrefix(true)
                        .withSortField(GetOption.SortTarget.MOD)
                        .withSortOrder(GetOption.SortOrder.DESCEND)
                        .withLimit(1)
                        .build()));
        assertThat(last.getKvs().getFirst().getKey()).isEqualTo(bytes("r/b"));
        assertThat(last.getCount()).isEqualTo(4);
        assertThat(get(kv.get(
                                bytes("r/"),
                                GetOption.builder()
                                        .isPrefix(true)
                                        .withCountOnly(true)
                                        .build()))
                        .getCount())
                .isEqualTo(4);
        assertThat(get(kv.delete(
                                bytes("r/"),
                                DeleteOption.builder().isPrefix(true).build()))
                        .getDeleted())
                .isEqualTo(4);
        assertThatThrownBy(() -> get(kv.get(
                        bytes("r/"), GetOption.builder().withRevision(1L << 40).build())))
                .hasMessageContaining("future revision");
    }

    @Test
    void aTransactionComparesAndReadsByOneReceipt() throws Exception {
        long revision = get(kv.put(bytes("t/1"), bytes("one"))).getHeader().getRevision();
        Cmp same = new Cmp(bytes("t/1"), Cmp.Op.EQUAL, CmpTarget.modRevision(revision));
        Op swap = Op.put(bytes("t/1"), bytes("two"), PutOption.DEFAULT);
        Op read = Op.get(bytes("t/1"), GetOption.DEFAULT);
        TxnResponse done = get(kv.txn().If(same).Then(swap, read).Else(read).commit());
        assertThat(done.isSucceeded()).isTrue();
        assertThat(done.getGetResponses().getFirst().getKvs().getFirst().getValue())
                .isEqualTo(bytes("two"));
        TxnResponse late = get(kv.txn().If(same).Then(swap).Else(read).commit());
        assertThat(late.isSucceeded()).isFalse();
        assertThat(late.getGetResponses().getFirst().getKvs().getFirst().getValue())
                .isEqualTo(bytes("two"));
    }

    @Test
    void aWatchTellsEveryChangeInOrder() throws Exception {
        long start = get(kv.put(bytes("w/1"), bytes("0"))).getHeader().getRevision();
        BlockingQueue<WatchEvent> events = new LinkedBlockingQueue<>();
        WatchOption option = WatchOption.builder()
                .isPrefix(true)
                .withRevision(start)
                .withPrevKV(true)
                .build();
        try (Watch.Watcher _ =
                client.getWatchClient().watch(bytes("w/"), option, response -> events.addAll(response.getEvents()))) {
            get(kv.put(bytes("w/1"), bytes("1")));
            get(kv.put(bytes("elsewhere"), bytes("unseen")));
            get(kv.delete(bytes("w/1")));
            assertThat(next(events).getKeyValue().getValue()).isEqualTo(bytes("0"));
            WatchEvent changed = next(events);
            assertThat(changed.getKeyValue().getValue()).isEqualTo(bytes("1"));
            assertThat(changed.getPrevKV().getValue()).isEqualTo(bytes("0"));
            WatchEvent deleted = next(events);
            assertThat(deleted.getEventType()).isEqualTo(WatchEvent.EventType.DELETE);
            assertThat(deleted.getPrevKV().getValue()).isEqualTo(bytes("1"));
        }
        assertThat(events).isEmpty();
    }

    private static WatchEvent next(BlockingQueue<WatchEvent> events) throws InterruptedException {
        WatchEvent event = events.poll(SECONDS, TimeUnit.SECONDS);
        assertThat(event).as("an event in time").isNotNull();
        return event;
    }

    @Test
    void aWatchOfWhatIsCompactedSaysSo() throws Exception {
        long old = get(kv.put(bytes("c/1"), bytes("1"))).getHeader().getRevision();
        get(kv.put(bytes("c/1"), bytes("2")));
        long compacted = get(kv.put(bytes("c/1"), bytes("3"))).getHeader().getRevision();
        get(kv.compact(compacted));
        CompletableFuture<Throwable> failure = new CompletableFuture<>();
        WatchOption option = WatchOption.builder().withRevision(old).build();
        try (Watch.Watcher _ =
                client.getWatchClient().watch(bytes("c/1"), option, Watch.listener(_ -> {}, failure::complete))) {
            assertThat(get(failure)).hasMessageContaining("compacted");
        }
        assertThatThrownBy(() -> get(kv.get(
                        bytes("c/1"), GetOption.builder().withRevision(old).build())))
                .hasMessageContaining("has been compacted");
    }

    @Test
    void liesWereToldAndNoted() throws Exception {
        for (int i = 0; i < 8; i++) {
            assertThat(get(kv.get(bytes("l/" + i))).getCount()).isZero();
        }
        assertThat(LIARS).allSatisfy(liar -> assertThat(liar.told()).isPositive());
        assertThat(agent.get("/metrics").body()).contains("how=\"lied\"");
    }
}
