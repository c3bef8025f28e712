package dev.cairn.simulator;

import java.util.Optional;

/** What a run showed. {@code violation} names the first broken invariant and how it broke. */
public record Outcome(World world, Optional<String> violation, Trace trace, Counters counters) {
    private static final int LINES = 60;

    /** World, story and the command that shows it again. */
    public String report() {
        return violation.orElse("no violation")
                + "\n  world: " + world
                + "\n  again: ./cairn simulate --world '" + world + "'\n"
                + "the last of the story (legend: docs/testing.md):\n"
                + trace.last(LINES);
    }

    /** The same of a smaller world that breaks the same invariant, and of this one its line. */
    public String shrunkReport() {
        World smaller = WorldShrinker.shrink(world, each -> Simulation.run(each).violation());
        return Simulation.run(smaller).report() + "\nshrunk from " + world + "\n";
    }
}
