package dev.cairn.cli.bench;

/**
 * The longest time without a successful write, counted from the start of the run to its end; any thread may report. Where a
 * primary is killed under load, this is how long its users noticed.
 */
final class WriteGaps {
    private final long startNanos;
    private long lastNanos;
    private Gap longest;

    /** A time without a successful write: when it began, counted from the start of the run, and how long it was. */
    record Gap(long startOffsetNanos, long lengthNanos) {}

    WriteGaps(long startNanos) {
        this.startNanos = startNanos;
        this.lastNanos = startNanos;
        this.longest = new Gap(0, 0);
    }

    synchronized void succeeded(long nowNanos) {
        if (nowNanos - lastNanos > longest.lengthNanos()) {
            longest = new Gap(lastNanos - startNanos, nowNanos - lastNanos);
        }
        if (nowNanos > lastNanos) {
            lastNanos = nowNanos;
        }
    }

    /** The longest gap of a run that ended at this time; the time after the last success counts. */
    synchronized Gap longest(long endNanos) {
        succeeded(endNanos);
        return longest;
    }
}
