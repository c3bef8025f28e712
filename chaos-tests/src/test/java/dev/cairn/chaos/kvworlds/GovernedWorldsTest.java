package dev.cairn.chaos.kvworlds;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.simulator.Counters;
import dev.cairn.simulator.World;
import java.nio.file.Path;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.LongStream;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to a cluster, whatever gateways hand in and however primaries order it, nothing guarded is changed without
 * the signatures for it. {@code -Dcairn.kv.worlds=N} sets how many worlds, {@code -Dcairn.first.seed=S} where to begin, {@code
 * -Dcairn.kv.world=LINE} the one world of a failure.
 */
class GovernedWorldsTest {
    private static final int WORLDS = Integer.getInteger("cairn.kv.worlds", 60);
    private static final long FIRST_SEED = Long.getLong("cairn.first.seed", 1);
    private static final int ENOUGH_FOR_COVERAGE = 60;

    private static final List<String> MUST_HAPPEN = List.of(
            "EXECUTED",
            "PENDING",
            "WITHDRAWN",
            "CONFLICTED",
            "REFUSED",
            "GUARDED",
            "BAD_SIGNATURE",
            "SIGNER_REFUSED",
            "WRITE_SUPERSEDED",
            "guarded key written alone",
            "INVALID_CHANGE",
            "UNKNOWN_CHANGE",
            "governance changed",
            "lie: ONCE_MORE",
            "lie: CLAIMED_APPROVALS",
            "lie: IN_DISGUISE",
            "lie: OF_ANOTHER",
            "lie: FALSE_VALUE",
            "lie: UNSIGNED",
            "ViewEntered",
            "restart with a chain");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void nothingGuardedChangesUnsigned() {
        List<World> worlds = worlds();
        Counters counters = new Counters();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        try (GovernedWorlds store = new GovernedWorlds(directory)) {
            worlds.parallelStream().filter(_ -> failures.isEmpty()).forEach(world -> {
                GovernedWorlds.Verdict verdict = store.judge(world);
                verdict.broken().ifPresent(_ -> failures.add(verdict.report()));
                synchronized (counters) {
                    counters.addWorld(verdict.counters());
                }
            });
        }
        failures.stream().findFirst().ifPresent(Assertions::fail);
        System.out.printf(
                "%d governed worlds from seed %d; in how many each thing happened:%n%s",
                worlds.size(), FIRST_SEED, counters);
        if (worlds.size() >= ENOUGH_FOR_COVERAGE) {
            MUST_HAPPEN.forEach(what ->
                    assertThat(counters.get(what)).as("worlds with '%s'", what).isPositive());
        }
    }

    private static List<World> worlds() {
        String line = System.getProperty("cairn.kv.world");
        return line != null
                ? List.of(World.parse(line))
                : LongStream.range(FIRST_SEED, FIRST_SEED + WORLDS)
                        .mapToObj(KvWorlds::world)
                        .toList();
    }
}
