package dev.cairn.kv.change;

/** A length of time in words, in the largest unit that it is whole in. */
public final class Seconds {
    private static final long DAY = 86_400;
    private static final long HOUR = 3600;

    private Seconds() {}

    /** As "7 days", "1 hour" or "90 s". */
    public static String inWords(long seconds) {
        if (seconds % DAY == 0) {
            return seconds / DAY + (seconds == DAY ? " day" : " days");
        }
        return seconds % HOUR == 0 ? seconds / HOUR + (seconds == HOUR ? " hour" : " hours") : seconds + " s";
    }
}
