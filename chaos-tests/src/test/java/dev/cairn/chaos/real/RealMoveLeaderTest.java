package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Right;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.MoveLeaderRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import io.grpc.ManagedChannel;
import io.grpc.netty.NettyChannelBuilder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * MoveLeader to each other replica, near and far, while clients write through all of them. {@code -Dcairn.moves=N} moves so often
 * (3 by default), and prints how long nobody could write.
 */
class RealMoveLeaderTest {
    private static final int MOVES = Integer.getInteger("cairn.moves", 3);
    private static final int PUTS_PER_SECOND = 200;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final List<ManagedChannel> channels = new ArrayList<>();

    @AfterEach
    void disconnect() {
        channels.forEach(ManagedChannel::shutdownNow);
    }

    private List<MaintenanceGrpc.MaintenanceBlockingStub> connect(RealCluster cluster) {
        IntStream.range(0, RealCluster.REPLICAS)
                .mapToObj(cluster::endpoint)
                .map(endpoint -> NettyChannelBuilder.forAddress(endpoint.toSocketAddress())
                        .usePlaintext()
                        .build())
                .forEach(channels::add);
        return channels.stream().map(MaintenanceGrpc::newBlockingStub).toList();
    }

    private static long memberId(MaintenanceGrpc.MaintenanceBlockingStub replica) {
        return replica.status(StatusRequest.getDefaultInstance()).getHeader().getMemberId();
    }

    private static MoveLeaderRequest to(MaintenanceGrpc.MaintenanceBlockingStub replica) {
        return MoveLeaderRequest.newBuilder().setTargetID(memberId(replica)).build();
    }

    @Test
    void whoeverIsNamedComesIntoOfficeAndNoAcknowledgedPutIsLost() throws Exception {
        try (RealCluster cluster = new RealCluster(directory)) {
            cluster.startAll();
            List<MaintenanceGrpc.MaintenanceBlockingStub> replicas = connect(cluster);
            List<Writer> writers = IntStream.range(0, RealCluster.REPLICAS)
                    .mapToObj(i -> new Writer("w" + i + "/", cluster.client(i).getKVClient()))
                    .toList();
            try (PacedWriter paced = new PacedWriter(
                    IntStream.range(0, RealCluster.REPLICAS)
                            .mapToObj(cluster::endpoint)
                            .toList(),
                    PUTS_PER_SECOND)) {
                awaitMore(paced, PUTS_PER_SECOND);
                for (int i = 0; i < MOVES; i++) {
                    int primary = cluster.primary();
                    int steps = 1 + i % (RealCluster.REPLICAS - 1);
                    int heir = (primary + steps) % RealCluster.REPLICAS;
                    paced.forgetGaps();
                    long before = System.nanoTime();
                    var _ = replicas.get(primary).moveLeader(to(replicas.get(heir)));
                    long tookMillis =
                            Duration.ofNanos(System.nanoTime() - before).toMillis();
                    awaitMore(paced, PUTS_PER_SECOND / 2);
                    System.out.printf(
                            "moved over %d: answered after %d ms; %d ms at most without a write%n",
                            steps, tookMillis, paced.longestGapMillis());
                    assertThat(cluster.primary()).isEqualTo(heir);
                }
            } finally {
                writers.forEach(Writer::stop);
            }
            for (Writer writer : writers) {
                assertThat(writer.failures()).isEmpty();
                assertThat(writer.acknowledged()).isNotEmpty();
                for (int i = 0; i < RealCluster.REPLICAS; i++) {
                    assertHas(cluster, i, writer.acknowledged());
                }
            }
            writers.forEach(Writer::close);
        }
    }

    private static void awaitMore(PacedWriter writer, int more) {
        long goal = writer.acknowledged() + more;
        Await.until(more + " more puts", PATIENCE, () -> writer.acknowledged() >= goal);
    }

    private static void assertHas(RealCluster cluster, int replica, Map<String, String> acknowledged) {
        acknowledged.forEach((key, value) -> assertThat(cluster.kv(replica)
                        .range(RangeRequest.newBuilder()
                                .setKey(EtcdCalls.bytes(key))
                                .build())
                        .getKvsList())
                .as("%s at replica %s", key, replica)
                .singleElement()
                .satisfies(kv -> assertThat(kv.getValue().toStringUtf8()).isEqualTo(value)));
    }

    @Test
    @EnabledIfEnvironmentVariable(named = "CAIRN_REFERENCE_ETCD", matches = ".+")
    void etcdctlFindsTheLeaderAndMovesIt() throws Exception {
        Path etcdctl = Path.of(System.getenv("CAIRN_REFERENCE_ETCD")).resolve("etcdctl");
        try (RealCluster cluster = new RealCluster(directory)) {
            cluster.startAll();
            List<MaintenanceGrpc.MaintenanceBlockingStub> replicas = connect(cluster);
            String endpoints = Stream.iterate(0, i -> i + 1)
                    .limit(RealCluster.REPLICAS)
                    .map(i -> cluster.endpoint(i).toString())
                    .reduce((a, b) -> a + "," + b)
                    .orElseThrow();
            int primary = cluster.primary();
            for (int steps = 1; steps < RealCluster.REPLICAS; steps++) {
                int heir = (primary + steps) % RealCluster.REPLICAS;
                Process process = new ProcessBuilder(
                                etcdctl.toString(),
                                "--endpoints=" + endpoints,
                                "move-leader",
                                Long.toHexString(memberId(replicas.get(heir))))
                        .redirectErrorStream(true)
                        .start();
                assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                        .contains("Leadership transferred from "
                                + Long.toHexString(memberId(replicas.get(primary)))
                                + " to "
                                + Long.toHexString(memberId(replicas.get(heir))));
                assertThat(cluster.primary()).isEqualTo(heir);
                primary = heir;
            }
        }
    }

    @Test
    void withoutTheRightNobodyMovesTheLeader() throws Exception {
        Governance open = Governance.OPEN;
        Governance without = new Governance(
                open.registry(),
                open.guards(),
                open.recovery(),
                EnumSet.complementOf(EnumSet.of(Right.MOVE_LEADER)),
                open.keepRevisions());
        try (RealCluster cluster = new RealCluster(directory, without)) {
            cluster.startAll();
            List<MaintenanceGrpc.MaintenanceBlockingStub> replicas = connect(cluster);
            int primary = cluster.primary();
            int heir = (primary + 1) % RealCluster.REPLICAS;
            assertThatThrownBy(() -> replicas.get(primary).moveLeader(to(replicas.get(heir))))
                    .hasMessageContaining("PERMISSION_DENIED: etcdserver: gateways have no right \"move-leader\" here");
            assertThat(cluster.primary()).isEqualTo(primary);
        }
    }
}
