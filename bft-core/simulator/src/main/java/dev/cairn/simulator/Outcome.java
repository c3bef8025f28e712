package dev.cairn.simulator;

import java.util.Optional;

/** What a run showed. {@code violation} names the first broken invariant and how it broke. */
public record Outcome(World world, Optional<String> violation, Trace trace, Counters counters) {
    private static final int LINES = 60;

    /** World, story and the command that shows it again. */
    public String report() {
        return violation.orElse("no violation")
                + "\n  world: " + world
                + "\n  replay: mvn -q -pl chaos-tests -am test -Dtest=ReplayTest -Dsurefire.failIfNoSpecifiedTests=false"
                + " '-Dcairn.world=" + world + "'\n"
                + "the last of the story (legend: Trace):\n"
                + trace.last(LINES);
    }
}
