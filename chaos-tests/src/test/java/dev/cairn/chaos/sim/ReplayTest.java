package dev.cairn.chaos.sim;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.World;
import org.junit.jupiter.api.Test;

/** Shows one world again: {@code -Dcairn.seed=S}, and {@code -Dcairn.hostile=true} for one with Byzantine replicas. */
class ReplayTest {
    @Test
    void replay() {
        long seed = Long.getLong("cairn.seed", 1);
        World world = Boolean.getBoolean("cairn.hostile") ? World.hostile(seed) : World.honest(seed);
        Simulation.Outcome outcome = Simulation.run(world);
        if (Long.getLong("cairn.seed") != null) {
            System.out.println(outcome.trace());
        }
        assertThat(outcome.violation()).as(outcome.report()).isEmpty();
    }
}
