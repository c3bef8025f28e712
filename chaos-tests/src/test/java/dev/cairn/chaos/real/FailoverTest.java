package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.server.config.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Measures how long nobody can write after {@code kill -9} of the primary, with {@code -Dcairn.failover.kills=20}. */
@EnabledIfSystemProperty(named = "cairn.failover.kills", matches = "[1-9]\\d*")
class FailoverTest {
    private static final int PUTS_PER_SECOND = 200;
    private static final int BEFORE = PUTS_PER_SECOND;
    private static final int AFTER = 2 * PUTS_PER_SECOND;
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
                "failover: %d kills of the primary, %d puts/s: median %d ms, max %d ms without a write; all: %s%n",
                kills, PUTS_PER_SECOND, sorted.get(sorted.size() / 2), sorted.getLast(), sorted);
        assertThat(sorted).hasSize(kills);
    }

    /** The survivors' clients write all the time; the longest pause from before the kill until writes flow again. */
    private static long gapMillis(RealCluster cluster) {
        int primary = cluster.primary();
        List<HostPort> survivors = IntStream.range(0, RealCluster.REPLICAS)
                .filter(replica -> replica != primary)
                .mapToObj(cluster::endpoint)
                .toList();
        try (PacedWriter writer = new PacedWriter(survivors, PUTS_PER_SECOND)) {
            await(writer, BEFORE);
            writer.forgetGaps();
            cluster.kill(primary);
            await(writer, AFTER);
            return writer.longestGapMillis();
        }
    }

    private static void await(PacedWriter writer, int more) {
        long goal = writer.acknowledged() + more;
        Await.until(more + " more puts", PATIENCE, () -> writer.acknowledged() >= goal);
    }
}
