package dev.cairn.runtime;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import java.time.Clock;
import java.util.List;
import java.util.function.Function;

/**
 * What a node takes as given. A test may give it a clock that jumps, or stand between the core and its shell and so make
 * a Byzantine replica out of an honest one.
 *
 * @param clock the wall clock that proposals carry and are judged by
 * @param conduct how the node behaves; anything but {@link Conduct#HONEST} is Byzantine
 */
public record Surroundings(Clock clock, Conduct conduct) {
    /** Those of every replica that people run. */
    public static final Surroundings REAL = new Surroundings(Clock.systemUTC(), Conduct.HONEST);

    /** Decides what a step does. Called on the event loop only. */
    @FunctionalInterface
    public interface Conduct {
        Conduct HONEST = (event, core) -> core.apply(event);

        /** The effects to perform for {@code event}; {@code core} is the honest step, to be taken once or not at all. */
        List<Effect> step(Event event, Function<Event, List<Effect>> core);
    }
}
