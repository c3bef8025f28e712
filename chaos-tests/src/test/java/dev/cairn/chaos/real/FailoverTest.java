package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.genesis.HostPort;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures how long nobody can write after {@code kill -9} of the primary, with {@code -Dcairn.failover.kills=20}. A
 * killed process resets its connections; with {@code -Dcairn.failover.silent=true} the primary is stopped instead, and
 * nobody is told, as when a machine loses its power.
 */
@EnabledIfSystemProperty(named = "cairn.failover.kills", matches = "[1-9]\\d*")
class FailoverTest {
    private static final int PUTS_PER_SECOND = 200;
    private static final int BEFORE = PUTS_PER_SECOND;
    private static final int AFTER = 2 * PUTS_PER_SECOND;
    private static final boolean SILENT = Boolean.getBoolean("cairn.failover.silent");
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void writesGoOnSoonAfterThePrimaryWasKilled() throws Exception {
        int kills = Integer.getInteger("cairn.failover.kills", 1);
        List<Long> gapsMillis = new ArrayList<>();
        try (RealCluster cluster = new RealCluster(directory)) {
            for (int i = 0; i < kills; i++) {
                cluster.startAll();
                gapsMillis.add(gapMillis(cluster));
                System.out.println("failover: " + gapsMillis.getLast() + " ms without a write");
            }
        }
        List<Long> sorted = gapsMillis.stream().sorted().toList();
        System.out.printf(
                "failover: primary %s %d times, %d puts/s: median %d ms, max %d ms without a write; all: %s%n",
                SILENT ? "stopped" : "killed",
                kills,
                PUTS_PER_SECOND,
                sorted.get(sorted.size() / 2),
                sorted.getLast(),
                sorted);
        assertThat(sorted).hasSize(kills);
    }

    /** The survivors' clients write all the time; the longest pause from before the kill until writes flow again. */
    private static long gapMillis(RealCluster cluster) throws IOException, InterruptedException {
        int primary = cluster.primary();
        List<HostPort> survivors = IntStream.range(0, RealCluster.REPLICAS)
                .filter(replica -> replica != primary)
                .mapToObj(cluster::endpoint)
                .toList();
        try (PacedWriter writer = new PacedWriter(survivors, PUTS_PER_SECOND)) {
            await(writer, BEFORE);
            writer.forgetGaps();
            if (SILENT) {
                cluster.signal(primary, "STOP");
            } else {
                cluster.kill(primary);
            }
            await(writer, AFTER);
            long gap = writer.longestGapMillis();
            cluster.kill(primary);
            int another = cluster.status((primary + 1) % RealCluster.REPLICAS)
                    .orElseThrow()
                    .getPrimary();
            assertThat(another).isNotEqualTo(primary);
            return gap;
        }
    }

    private static void await(PacedWriter writer, int more) {
        long goal = writer.acknowledged() + more;
        Await.until(more + " more puts", PATIENCE, () -> writer.acknowledged() >= goal);
    }
}
