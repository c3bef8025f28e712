package dev.cairn.protocol;

import java.util.Arrays;

/**
 * How long the primary lets this replica's requests lie before it proposes them, beside what a block then takes to be
 * committed. A primary that stays just below every timeout makes a cluster useless (Aardvark, NSDI 2009; Prime, DSN
 * 2008); this is what notices. The measure is relative because an honest primary holds a request back for at most about
 * one such round, and rounds grow with load.
 */
final class Pace {
    /** An honest primary may take this many times as long to propose as its block takes to commit... */
    private static final int ROUNDS = 8;

    /** ...and always this long: below it, ticks measure nothing. */
    private static final int LEAST_TICKS = 5;

    private final long[] waits;
    private final long[] rounds;
    private int blocks;

    /** Judges by the median over {@code blocks} blocks. */
    Pace(int blocks) {
        this.waits = new long[blocks];
        this.rounds = new long[blocks];
    }

    /** Another primary is measured from here on. */
    void restart() {
        blocks = 0;
    }

    /**
     * One block with requests of this replica: the oldest waited {@code waitedTicks} for its proposal, and the block took
     * {@code roundTicks} from there to its commit. True if the primary has been too slow for a whole window.
     */
    boolean isTooSlowAfter(long waitedTicks, long roundTicks) {
        waits[blocks] = waitedTicks;
        rounds[blocks] = roundTicks;
        blocks++;
        if (blocks < waits.length) {
            return false;
        }
        blocks = 0;
        return median(waits) > Math.max(LEAST_TICKS, ROUNDS * median(rounds));
    }

    private static long median(long[] ticks) {
        long[] sorted = ticks.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
