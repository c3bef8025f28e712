package dev.cairn.chaos.mutants;

import dev.cairn.simulator.Judges;
import dev.cairn.simulator.Outcome;
import dev.cairn.simulator.Simulation;
import dev.cairn.simulator.World;
import java.util.function.BiFunction;

/**
 * What is loaded with a mutant. Asked for a world's violation, as {@code ALL} or {@code OF_BEHAVIOUR} see it, it runs the
 * world and says what was violated, an empty text if nothing was; asked for its {@code STORY}, it tells that.
 */
public final class WorldProbe implements BiFunction<String, String, String> {
    static final String STORY = "STORY";

    @Override
    public String apply(String question, String line) {
        World world = World.parse(line);
        if (question.equals(STORY)) {
            Outcome outcome = Simulation.run(world);
            return outcome.trace() + outcome.violation().orElse("");
        }
        return Simulation.run(world, Judges.valueOf(question)).violation().orElse("");
    }
}
