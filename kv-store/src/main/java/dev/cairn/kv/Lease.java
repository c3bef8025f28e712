package dev.cairn.kv;

/**
 * A lease in a state. Its time is that of the lease clock, which goes on only with blocks and by a second at most with
 * each: so nothing ends because nobody could keep it alive.
 *
 * @param grantedSeconds how long it lives after each time that it is kept alive
 * @param remainingMillis until it ends; 0 if it is about to
 */
public record Lease(long id, long grantedSeconds, long remainingMillis) {
    /** What is asked for below this is raised to it, as etcd does with its usual timeouts. */
    public static final long MIN_TTL_SECONDS = 2;

    /** More is refused; etcd's bound. */
    public static final long MAX_TTL_SECONDS = 9_000_000_000L;
}
