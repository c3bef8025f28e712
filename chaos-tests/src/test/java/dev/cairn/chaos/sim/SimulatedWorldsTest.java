package dev.cairn.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import dev.cairn.simulator.Counters;
import dev.cairn.simulator.Fault;
import dev.cairn.simulator.Outcome;
import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.Strategy;
import dev.cairn.simulator.World;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.LongFunction;
import java.util.stream.LongStream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;

/**
 * Thousands of worlds in which everything goes wrong that may. {@code -Dcairn.worlds=N} sets how many of each kind, {@code
 * -Dcairn.first.seed=S} where to begin. A mechanism, fault or strategy that came into play in no world fails the suite:
 * it would prove nothing about it.
 */
class SimulatedWorldsTest {
    private static final int WORLDS = Integer.getInteger("cairn.worlds", 1000);
    private static final long FIRST_SEED = Long.getLong("cairn.first.seed", 1);
    private static final int ENOUGH_FOR_COVERAGE = 500;

    private static final List<String> MECHANISMS = List.of(
            "Proposed",
            "Voted",
            "Prepared",
            "Committed",
            "Suspected",
            "Resigned",
            "ViewChangeStarted",
            "ViewEntered",
            "CheckpointStable",
            "CatchingUp",
            "NEW-VIEW from genesis",
            "NEW-VIEW with a tip",
            "tip proposed again",
            "committed by a descendant's certificate",
            "SnapshotPinned",
            "SnapshotOffered",
            "TransferBegun",
            "ChunkStored",
            "TransferCompleted",
            "TransferAbandoned",
            "Quarantined",
            "offer made",
            "chunk served",
            "chunk of a state that is not held",
            "snapshot restart",
            "blocks served",
            "body asked for",
            "body served",
            "request forwarded",
            "request relayed",
            "read released",
            "testimony given",
            "restart with a chain",
            "record cut short",
            "damaged log refused",
            "stopped by its disk",
            "link down",
            "message lost",
            "message doubled",
            "block for a state that waits for time");

    @Test
    void honestWorldsKeepEveryInvariantAndMakeProgress() {
        Counters counters = sweep("honest", World::honest);
        if (WORLDS >= ENOUGH_FOR_COVERAGE) {
            MECHANISMS.forEach(mechanism -> assertCounted(counters, mechanism));
            for (Fault.Kind fault : Fault.Kind.values()) {
                assertCounted(counters, "fault " + fault);
            }
        }
    }

    @Test
    void worldsWithByzantineReplicasKeepEveryInvariantAndMakeProgress() {
        Counters counters = sweep("hostile", World::hostile);
        if (WORLDS >= ENOUGH_FOR_COVERAGE) {
            assertCounted(counters, "accusation");
            assertCounted(counters, "ChunkRefused");
            for (Strategy strategy : Strategy.values()) {
                assertCounted(counters, "strategy " + strategy);
            }
        }
    }

    /** Votes for checkpoints below the anchor of a fetched state once piled up here. */
    @Test
    void aWorldThatOnceBrokeABoundHolds() {
        assertHolds(World.parse("seed=1133;n=7;window=16;checkpoint=4;batch=1;requests=193;millis=50;delay=500;loss=2;"
                + "duplicates=0;sync=100;skew=0;retained=1000000;chunk=407;transfer=20000;faults=;byzantine="));
    }

    /** One liar's claim was asked for again and again, and each time the next body of the one who never answers it. */
    @Test
    void bodiesAreFetchedWhileALiarClaimsWhatNobodyHas() {
        assertHolds(
                World.parse(
                        "seed=0;n=10;window=2;checkpoint=2;batch=512;requests=17;millis=102;delay=500;loss=2;"
                                + "duplicates=1;sync=30000;skew=50;retained=1000000;chunk=471;transfer=20000;faults=DISK_FULL@12+538:105;"
                                + "byzantine=0:FORK+SELECTIVE+SILENT,1:STALE_VIEW_CHANGE+LIE_ABOUT_HEIGHTS+INVALID_REQUESTS,2:PARTIAL"));
    }

    private static void assertCounted(Counters counters, String what) {
        assertThat(counters.get(what)).as("worlds in which '%s' happened", what).isPositive();
    }

    private static Counters sweep(String kind, LongFunction<World> worlds) {
        Counters counters = new Counters();
        Queue<String> failures = new ConcurrentLinkedQueue<>();
        LongStream.range(FIRST_SEED, FIRST_SEED + WORLDS).parallel().forEach(seed -> {
            if (failures.isEmpty()) {
                Outcome outcome = Simulation.run(worlds.apply(seed));
                if (outcome.violation().isPresent()) {
                    failures.add(outcome.shrunkReport());
                }
                synchronized (counters) {
                    counters.addWorld(outcome.counters());
                }
            }
        });
        failures.stream().findFirst().ifPresent(Assertions::fail);
        System.out.printf(
                "%d %s worlds from seed %d; in how many each thing happened:%n%s", WORLDS, kind, FIRST_SEED, counters);
        return counters;
    }

    // The same, generated and shrunk by jqwik, so that a failure comes as a short story.

    @Property(tries = 100)
    void generatedHonestWorldsKeepEveryInvariant(@ForAll("honestWorlds") World world) {
        assertHolds(world);
    }

    @Property(tries = 100)
    void generatedHostileWorldsKeepEveryInvariant(@ForAll("hostileWorlds") World world) {
        assertHolds(world);
    }

    private static void assertHolds(World world) {
        Outcome outcome = Simulation.run(world);
        if (outcome.violation().isPresent()) {
            fail(outcome.report());
        }
    }

    @Provide
    Arbitrary<World> honestWorlds() {
        return Worlds.honest();
    }

    @Provide
    Arbitrary<World> hostileWorlds() {
        return Worlds.hostile();
    }
}
