package dev.cairn.agent;

import dev.cairn.client.TrustedHead;
import java.time.Duration;

/**
 * A verified value, and on what grounds.
 *
 * @param head the certified header under which it is true
 * @param revision as of which it is
 * @param source how it came here
 */
public record Told<T>(T value, TrustedHead head, long revision, Source source) {

    /** How new a value is. */
    public sealed interface Source {
        /** Proven for this very question: every write acknowledged before it is in it. */
        record Asked() implements Source {}

        /** Proven for this very question, and not older than the caller allowed. */
        record AskedWithin(Duration maxStale) implements Source {}

        /** From the copy: every write acknowledged longer ago than {@code age} is in it. */
        record Copied(Duration age) implements Source {}

        /** As it was at a revision that the caller named. */
        record Past() implements Source {}
    }
}
