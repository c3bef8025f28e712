package dev.cairn.cli.bench;

/**
 * How hard and how long to push.
 *
 * @param inFlight operations started and not finished, at most
 * @param ratePerSecond 0 starts each operation as soon as one before it ends; otherwise operations fall due at this rate, and
 *     latencies count from the time one was due, so that a store which stalls cannot hide the waiting it caused
 */
record Load(int inFlight, Bound bound, int ratePerSecond) {
    private static final double NANOS_PER_SECOND = 1e9;

    Load {
        if (inFlight < 1) {
            throw new IllegalArgumentException("at least one operation must be in flight");
        }
        if (ratePerSecond < 0) {
            throw new IllegalArgumentException("a rate cannot be negative");
        }
    }

    boolean isPaced() {
        return ratePerSecond > 0;
    }

    /** When the n-th operation is due, counted from the start. */
    long dueNanos(long index) {
        return isPaced() ? (long) (index * (NANOS_PER_SECOND / ratePerSecond)) : 0;
    }

    /** The most operations that this load can start, as far as that is known before. */
    long mostOperations() {
        double paced = isPaced()
                ? Math.ceil(bound.maxNanos() * ratePerSecond / NANOS_PER_SECOND)
                : (double) bound.maxOperations();
        return Math.min(bound.maxOperations(), (long) paced);
    }
}
