package dev.cairn.chaos.exhaustive;

import java.util.Comparator;

/** What a VIEW-CHANGE tells: the numbers of the ballots of its prepare and its commit certificate, or {@link #NONE}. */
record Report(int prepared, int committed) implements Comparable<Report> {
    static final int NONE = -1;
    static final Report NOTHING = new Report(NONE, NONE);

    private static final Comparator<Report> ORDER =
            Comparator.comparingInt(Report::prepared).thenComparingInt(Report::committed);

    @Override
    public int compareTo(Report other) {
        return ORDER.compare(this, other);
    }
}
