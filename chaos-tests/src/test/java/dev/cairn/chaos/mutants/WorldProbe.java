package dev.cairn.chaos.mutants;

import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.World;
import java.util.function.LongFunction;

/** What is loaded with a mutant: runs the world of a seed, and says what was violated; an empty text if nothing was. */
public final class WorldProbe implements LongFunction<Object> {
    @Override
    public Object apply(long seed) {
        World world = seed % 8 == 0 ? World.honest(seed) : World.hostile(seed);
        return Simulation.run(world).violation().orElse("");
    }
}
