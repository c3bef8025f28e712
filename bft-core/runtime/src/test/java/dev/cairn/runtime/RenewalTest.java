package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.RequestId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes of which one cannot go on with what it has: it fetches a state, ends, and its successor goes on from there. */
class RenewalTest {
    private static final int INTERVAL = 8;
    private static final Parameters SHORT_CHECKPOINTS =
            new Parameters(16, INTERVAL, 4 << 20, 1 << 20, 500_000_000L, 30_000_000_000L);

    @TempDir
    private Path directory;

    @Test
    void aNodeThatWasAwayLongerThanBlocksAreKeptFetchesTheState() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 4, SHORT_CHECKPOINTS)) {
            cluster.retainedBlocks = INTERVAL;
            cluster.startAll();
            grow(cluster, 1);
            cluster.stop(3);
            Height left = cluster.disks.get(3).written.height();
            grow(cluster, 5 * INTERVAL);
            cluster.start(3);
            Ending.Renewed ending = renewed(cluster, 3);
            assertThat(ending.anchor().isAbove(left.plus(INTERVAL))).isTrue();
            cluster.start(3);
            agree(cluster, grow(cluster, 3));
        }
    }

    @Test
    void aNodeThatLostItsStateWhereTheLogIsTooShortFetchesIt() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 4, SHORT_CHECKPOINTS)) {
            for (int i = 0; i < 3; i++) {
                cluster.start(i); // these keep all, so that one that comes up late finds the blocks
            }
            cluster.retainedBlocks = 0;
            cluster.start(3);
            agree(cluster, grow(cluster, 5 * INTERVAL));
            for (int more = 0; oldestBlock(cluster, 3) <= 1 && more < 50; more++) {
                agree(
                        cluster,
                        grow(
                                cluster,
                                INTERVAL)); // dropped at a checkpoint, and only below what the state on disk has come
                // to
            }
            double oldest = oldestBlock(cluster, 3);
            assertThat(oldest).as("the oldest block of replica 3").isGreaterThan(1);
            cluster.stop(3);
            assertThat((double) cluster.disks.get(3).synced.height().value()).isGreaterThanOrEqualTo(oldest);
            cluster.disks.get(3).written = ToyMachine.State.EMPTY;
            cluster.start(3);
            assertThat(cluster.node(3).status().quarantined()).isTrue();
            var _ = renewed(cluster, 3);
            cluster.start(3);
            assertThat(cluster.node(3).status().quarantined()).isFalse();
            agree(cluster, grow(cluster, 3));
        }
    }

    private static double oldestBlock(TestCluster cluster, int replica) {
        return cluster.meters
                .get(replica)
                .get("cairn_oldest_block_height")
                .gauge()
                .value();
    }

    @Test
    void aStateThatDivergesOnceIsReplaced() throws Exception {
        try (TestCluster cluster = new TestCluster(directory, 4, SHORT_CHECKPOINTS)) {
            cluster.startAll();
            grow(cluster, 2);
            cluster.disks.get(2).flaw.set(true);
            submit(cluster, 0);
            Await.until("the others' block is not what replica 2 comes to", () -> {
                submit(cluster, 0);
                return cluster.node(2).status().quarantined()
                        || cluster.node(2).terminated().isDone();
            });
            var _ = renewed(cluster, 2);
            cluster.start(2);
            agree(cluster, grow(cluster, 3));
        }
    }

    /** Commits {@code blocks} blocks and more. */
    private static List<RequestId> grow(TestCluster cluster, int blocks) {
        List<RequestId> ids = new ArrayList<>();
        for (int i = 0; i < blocks; i++) {
            ids.add(submit(cluster, 0));
        }
        return ids;
    }

    private static RequestId submit(TestCluster cluster, int gateway) {
        RequestId id = cluster.submit(gateway);
        Await.until("committed", () -> cluster.heard.get(gateway).requests.contains(id));
        return id;
    }

    /** How the node ends that has fetched a state. */
    private static Ending.Renewed renewed(TestCluster cluster, int node) throws Exception {
        Ending ending = cluster.node(node).terminated().get(60, TimeUnit.SECONDS);
        assertThat(ending).isInstanceOf(Ending.Renewed.class);
        return (Ending.Renewed) ending;
    }

    private static void agree(TestCluster cluster, List<RequestId> ids) {
        for (int i = 0; i < 4; i++) {
            int node = i;
            Await.until(
                    "replica " + node + " has committed the last; "
                            + cluster.node(node).status(),
                    () -> cluster.heard.get(node).requests.containsAll(ids));
            assertThat(cluster.node(node).terminated()).isNotDone();
        }
        Await.until(
                "all states are equal",
                () -> cluster.disks.stream()
                                .map(disk -> disk.written)
                                .distinct()
                                .count()
                        == 1);
    }
}
