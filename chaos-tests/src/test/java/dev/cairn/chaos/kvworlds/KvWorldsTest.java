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
 * Whatever happens to a cluster, what clients of the store are told could have come from a single one. {@code
 * -Dcairn.kv.worlds=N} sets how many worlds, {@code -Dcairn.first.seed=S} where to begin, {@code -Dcairn.kv.world=LINE}
 * the one world of a failure.
 */
class KvWorldsTest {
    private static final int WORLDS = Integer.getInteger("cairn.kv.worlds", 200);
    private static final long FIRST_SEED = Long.getLong("cairn.first.seed", 1);
    private static final int ENOUGH_FOR_COVERAGE = 200;

    private static final List<String> MUST_HAPPEN = List.of(
            "put",
            "deletion",
            "txn",
            "txn whose guard does not hold",
            "read",
            "read of nothing",
            "call without an answer",
            "ViewEntered",
            "restart with a chain",
            "snapshot restart");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    Path directory;

    @Test
    void clientsSeeOneStore() {
        List<World> worlds = worlds();
        Counters counters = new Counters();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        try (KvWorlds store = new KvWorlds(directory)) {
            worlds.parallelStream().filter(_ -> failures.isEmpty()).forEach(world -> {
                KvWorlds.Verdict verdict = store.judge(world);
                if (!verdict.isGood()) {
                    failures.add(verdict.report());
                }
                synchronized (counters) {
                    counters.addWorld(verdict.counters());
                }
            });
        }
        failures.stream().findFirst().ifPresent(Assertions::fail);
        System.out.printf(
                "%d worlds from seed %d; in how many each thing happened:%n%s", worlds.size(), FIRST_SEED, counters);
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
