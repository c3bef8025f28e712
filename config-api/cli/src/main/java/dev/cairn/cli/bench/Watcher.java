package dev.cairn.cli.bench;

import java.util.BitSet;

/** What one watch has seen: of the present phase each write, and over its whole life the order of revisions. */
final class Watcher {
    private final BitSet seen = new BitSet();
    private boolean phaseIsOver;
    private long duplicates;
    private long outOfOrder;
    private long lastRevision;

    synchronized void beginPhase() {
        seen.clear();
        phaseIsOver = false;
        duplicates = 0;
        outOfOrder = 0;
    }

    /** Each event has a revision of its own here, as every write is a put of one key; so revisions ascend strictly. */
    synchronized void checkOrder(long revision) {
        if (revision <= lastRevision) {
            outOfOrder++;
        }
        lastRevision = Math.max(lastRevision, revision);
    }

    /** Whether this write is seen for the first time. */
    synchronized boolean see(int index) {
        if (seen.get(index)) {
            duplicates++;
            return false;
        }
        seen.set(index);
        return true;
    }

    /** Nothing more will come in this phase; true when that is news. */
    synchronized boolean endPhase() {
        boolean isNews = !phaseIsOver;
        phaseIsOver = true;
        return isNews;
    }

    synchronized long missing(BitSet acknowledged) {
        BitSet missing = (BitSet) acknowledged.clone();
        missing.andNot(seen);
        return missing.cardinality();
    }

    synchronized long duplicates() {
        return duplicates;
    }

    synchronized long outOfOrder() {
        return outOfOrder;
    }
}
