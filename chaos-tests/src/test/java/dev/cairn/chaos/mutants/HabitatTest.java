package dev.cairn.chaos.mutants;

import static org.assertj.core.api.Assertions.fail;

import dev.cairn.simulator.Outcome;
import dev.cairn.simulator.Simulation;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * In the worlds where planted faults are found the real code breaks nothing. The sweeps' own are {@code
 * SimulatedWorldsTest}'s. {@code -Dcairn.habitat.worlds=N} sets how many of each, {@code -Dcairn.first.seed=S} where to
 * begin.
 */
class HabitatTest {
    private static final int WORLDS = Integer.getInteger("cairn.habitat.worlds", 5);
    private static final long FIRST_SEED = Long.getLong("cairn.first.seed", 1);

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ANYWHERE")
    void theRealCodeHolds(Habitat habitat) {
        for (long seed = FIRST_SEED; seed < FIRST_SEED + WORLDS; seed++) {
            Outcome outcome = Simulation.run(habitat.world(seed));
            if (outcome.violation().isPresent()) {
                fail(outcome.shrunkReport());
            }
        }
    }
}
