package dev.cairn.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.simulator.Outcome;
import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.World;
import org.junit.jupiter.api.Test;

/**
 * Shows one world again: {@code -Dcairn.world=LINE} as a failure prints it, or {@code -Dcairn.seed=S}, with {@code
 * -Dcairn.hostile=true} for one with Byzantine replicas.
 */
class ReplayTest {
    @Test
    void replay() {
        Outcome outcome = Simulation.run(world());
        if (System.getProperty("cairn.world") != null || System.getProperty("cairn.seed") != null) {
            System.out.println(outcome.trace());
        }
        assertThat(outcome.violation()).as(outcome.report()).isEmpty();
    }

    private static World world() {
        String line = System.getProperty("cairn.world");
        if (line != null) {
            return World.parse(line);
        }
        long seed = Long.getLong("cairn.seed", 1);
        return Boolean.getBoolean("cairn.hostile") ? World.hostile(seed) : World.honest(seed);
    }
}
