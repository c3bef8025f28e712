package dev.cairn.kv.model;

import java.util.List;

/** What became of an operation on leases. */
public sealed interface LeaseOutcome extends Outcome {

    /** {@code ttlSeconds} is what the lease was given, which may be more than was asked for. */
    record Granted(long revision, long id, long ttlSeconds) implements LeaseOutcome {}

    record Revoked(long revision) implements LeaseOutcome {}

    /**
     * Of each lease, in the order in which they were asked for, the whole seconds that it lives for from now on; 0 if
     * there is none of that id. {@code revision} is that at which all this was true.
     */
    record KeptAlive(long revision, List<Long> ttlSeconds) implements LeaseOutcome {
        public KeptAlive {
            ttlSeconds = List.copyOf(ttlSeconds);
        }
    }
}
