package dev.cairn.agent;

/** A write was not signed, and nothing was sent, because this node's clock is too far from the cluster's time. */
public final class WrongClockException extends Exception {
    private static final long serialVersionUID = 1L;

    /** @param where the clock is: ahead of it, or behind it */
    WrongClockException(String where) {
        super("this node's clock is more than " + WriteClock.MOST_APART.toMinutes() + " minutes " + where
                + " the cluster's time; set it right, and write again: nothing was sent");
    }
}
