package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.RequestId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Four real nodes in one process. */
class ClusterTest {
    private static final Parameters SHORT_CHECKPOINTS =
            new Parameters(16, 8, 4 << 20, 1 << 20, 500_000_000L, 30_000_000_000L);

    @TempDir
    private Path directory;

    @Test
    void everyNodeCommitsWhatAnyGatewaySubmits() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 4)) {
            cluster.startAll();
            List<RequestId> ids = submitEach(cluster, 10, 0, 1, 2, 3);
            for (int i = 0; i < 4; i++) {
                awaitAll(cluster, i, ids);
            }
            for (int i = 1; i < 4; i++) {
                int shared = Math.min(
                        cluster.heard.get(0).blocks.size(),
                        cluster.heard.get(i).blocks.size());
                assertThat(cluster.heard.get(i).blocks.subList(0, shared))
                        .isEqualTo(cluster.heard.get(0).blocks.subList(0, shared));
            }
        }
    }

    @Test
    void readersAreToldWhenTheyMayRead() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 4)) {
            cluster.startAll();
            awaitAll(cluster, 2, submitEach(cluster, 1, 2));
            assertThat(cluster.node(2).readIndex(7, Optional.empty())).isTrue();
            Await.until("read 7 is ready", () -> cluster.heard.get(2).reads.contains(7L));
        }
    }

    @Test
    void aNodeThatWasAwayCatchesUp() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 4, SHORT_CHECKPOINTS)) {
            cluster.startAll();
            awaitAll(cluster, 3, submitEach(cluster, 20, 0));
            cluster.stop(3);
            for (int round = 0; round < 30; round++) {
                awaitAll(cluster, 0, submitEach(cluster, 1, 0));
            }
            cluster.start(3);
            List<RequestId> late = submitEach(cluster, 5, 3);
            awaitAll(cluster, 3, late);
            awaitAll(cluster, 0, late);
        }
    }

    @Test
    void theClusterOutlivesItsPrimary() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 4)) {
            cluster.startAll();
            awaitAll(cluster, 1, submitEach(cluster, 5, 1));
            cluster.stop(0);
            List<RequestId> after = submitEach(cluster, 5, 1, 2);
            awaitAll(cluster, 1, after);
            assertThat(cluster.node(1).status().view().number()).isPositive();
            cluster.start(0);
            List<RequestId> last = submitEach(cluster, 3, 0);
            awaitAll(cluster, 0, last);
        }
    }

    @Test
    void allNodesGoOnAfterAllWereStopped() throws BootException {
        try (TestCluster cluster = new TestCluster(directory, 4, SHORT_CHECKPOINTS)) {
            cluster.startAll();
            for (int round = 0; round < 12; round++) {
                awaitAll(cluster, 1, submitEach(cluster, 2, 1));
            }
            for (int i = 0; i < 4; i++) {
                cluster.stop(i);
            }
            cluster.startAll();
            List<RequestId> after = submitEach(cluster, 5, 2);
            for (int i = 0; i < 4; i++) {
                awaitAll(cluster, i, after);
            }
        }
    }

    private static List<RequestId> submitEach(TestCluster cluster, int times, int... gateways) {
        List<RequestId> ids = new ArrayList<>();
        for (int t = 0; t < times; t++) {
            for (int gateway : gateways) {
                ids.add(cluster.submit(gateway));
            }
        }
        return ids;
    }

    private static void awaitAll(TestCluster cluster, int node, List<RequestId> ids) {
        Await.until(
                "node " + node + " has committed " + ids.size() + " requests; " + status(cluster, node),
                () -> cluster.heard.get(node).requests.containsAll(ids));
    }

    private static String status(TestCluster cluster, int node) {
        return cluster.node(node).status().toString();
    }
}
