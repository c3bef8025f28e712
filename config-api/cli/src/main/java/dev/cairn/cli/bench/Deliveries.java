package dev.cairn.cli.bench;

/**
 * What watchers saw of the writes of a run.
 *
 * @param lost pairs of an acknowledged write and a watcher that it did not reach
 * @param duplicates events that a watcher had before
 * @param outOfOrder events with a revision not above that of the one before
 * @param latencies from the start of the put to the event, over all watchers
 */
record Deliveries(
        int watchers,
        long acknowledgedWrites,
        long lost,
        long duplicates,
        long outOfOrder,
        Latencies latencies,
        double perSecond) {
    boolean isFaultless() {
        return lost == 0 && duplicates == 0 && outOfOrder == 0;
    }
}
