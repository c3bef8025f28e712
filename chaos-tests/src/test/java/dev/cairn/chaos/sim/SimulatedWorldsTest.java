package dev.cairn.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.simulator.Counters;
import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.Strategy;
import dev.cairn.simulator.World;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

/**
 * Thousands of worlds in which everything goes wrong that may. {@code -Dcairn.worlds=N} sets how many of each kind, {@code
 * -Dcairn.first.seed=S} where to begin.
 */
class SimulatedWorldsTest {
    private static final int WORLDS = Integer.getInteger("cairn.worlds", 300);
    private static final long FIRST_SEED = Long.getLong("cairn.first.seed", 1);

    @Test
    void honestWorldsKeepEveryInvariantAndMakeProgress() {
        Counters counters = sweep("honest", World::honest);
        for (String mechanism : List.of(
                "Committed",
                "ViewChangeStarted",
                "ViewEntered",
                "CheckpointStable",
                "CatchingUp",
                "Suspected",
                "crash",
                "restart",
                "partition",
                "message lost",
                "read released")) {
            assertThat(counters.get(mechanism))
                    .as("worlds in which '" + mechanism + "' happened; the suite proves nothing about it otherwise")
                    .isPositive();
        }
    }

    @Test
    void worldsWithByzantineReplicasKeepEveryInvariantAndMakeProgress() {
        Counters counters = sweep("hostile", World::hostile);
        for (Strategy strategy : Strategy.values()) {
            assertThat(counters.get("strategy " + strategy))
                    .as("worlds with " + strategy)
                    .isPositive();
        }
    }

    private static Counters sweep(String kind, LongFunction<World> worlds) {
        Counters counters = new Counters();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        LongStream.range(FIRST_SEED, FIRST_SEED + WORLDS).parallel().forEach(seed -> {
            if (failures.isEmpty()) {
                Simulation.Outcome outcome = Simulation.run(worlds.apply(seed));
                if (outcome.violation().isPresent()) {
                    failures.add(outcome.report());
                }
                synchronized (counters) {
                    counters.addWorld(outcome.counters());
                }
            }
        });
        assertThat(failures.stream().findFirst()).isEmpty();
        System.out.printf(
                "%d %s worlds from seed %d; in how many each thing happened:%n%s", WORLDS, kind, FIRST_SEED, counters);
        return counters;
    }

    /** The same faults, but generated and shrunk by jqwik, so that a failure comes as a short story. */
    @Property(tries = 40)
    void generatedWorldsKeepEveryInvariant(@ForAll("worlds") World world) {
        Simulation.Outcome outcome = Simulation.run(world);
        assertThat(outcome.violation()).as(outcome.report()).isEmpty();
    }

    @Provide
    Arbitrary<World> worlds() {
        return Combinators.combine(
                        Arbitraries.longs(),
                        Arbitraries.integers().between(1, 16),
                        Arbitraries.integers().between(2, 8),
                        Arbitraries.integers().between(1, 120),
                        Arbitraries.integers().between(0, 40),
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.of(Strategy.class).list().ofMaxSize(1))
                .as((seed, window, interval, requests, loss, crashes, partitions, byzantine) -> new World(
                        seed,
                        4,
                        window,
                        interval,
                        requests,
                        1000,
                        5000,
                        loss,
                        loss / 4,
                        crashes,
                        partitions,
                        byzantine));
    }

    @Property(tries = 5)
    void equalWorldsGiveEqualRunsBitForBit(@ForAll long seed) {
        World world = World.hostile(seed);
        assertThat(Simulation.run(world).trace().toString())
                .isEqualTo(Simulation.run(world).trace().toString());
    }
}
