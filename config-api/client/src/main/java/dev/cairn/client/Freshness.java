package dev.cairn.client;

import java.time.Duration;

/** How new an answer must be. */
public sealed interface Freshness {
    /** Every write that was acknowledged before the call is in it. Costs the replica a round among all of them. */
    Freshness LINEARIZABLE = new Linearizable();

    /** Whatever the replica has, if it is not older than what this client has seen. */
    Freshness ANY = new Any();

    /** The answer was the newest within {@code maxAge} before now, by this machine's clock. */
    static Freshness within(Duration maxAge) {
        return new Bounded(maxAge);
    }

    record Any() implements Freshness {}

    record Bounded(Duration maxAge) implements Freshness {
        public Bounded {
            if (maxAge.isNegative() || maxAge.toMillis() > Integer.MAX_VALUE) {
                throw new IllegalArgumentException("no head is ever " + maxAge + " old at most");
            }
        }
    }

    record Linearizable() implements Freshness {}
}
