package dev.cairn.chaos.real;

import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes under attack, and a judge of what their clients saw. Short by default; {@code -Dcairn.chaos.minutes=10}
 * makes it longer, {@code -Dcairn.chaos.seed=S} draws the same faults and lies again (processes, disks and the network
 * take their own time, so a run is like another, not the same).
 */
@Tag("chaos")
class ChaosTest {
    private static final Duration SHORT = Duration.ofSeconds(12);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void honestReplicasServeALinearizableStoreWhateverHappens() throws Exception {
        long seed = Long.getLong("cairn.chaos.seed", ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
        Duration faults = Long.getLong("cairn.chaos.minutes") == null
                ? SHORT
                : Duration.ofMinutes(Long.getLong("cairn.chaos.minutes"));
        System.out.println("chaos for " + faults.toSeconds() + " s; again with:\n  mvn -q -pl chaos-tests -am test"
                + " -Dtest=ChaosTest -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.chaos.seed=" + seed
                + (faults.equals(SHORT) ? "" : " -Dcairn.chaos.minutes=" + faults.toMinutes()));
        ChaosRun.run(directory, seed, faults);
    }
}
