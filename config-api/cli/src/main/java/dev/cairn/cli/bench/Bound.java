package dev.cairn.cli.bench;

import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Where a run ends: after so many operations or so long a time, whichever comes first. */
public record Bound(long maxOperations, long maxNanos) {
    /** Nothing at all: a phase with this bound is left out. */
    public static final Bound NONE = new Bound(0, 0);

    /** The longest a run may take when only its operations are counted. */
    static final long LONGEST_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final Pattern TIME = Pattern.compile("([0-9]{1,9})(ms|s|m|)");
    private static final Pattern COUNT = Pattern.compile("[0-9]{1,12}");

    public Bound {
        if (maxOperations < 0 || maxNanos < 0) {
            throw new IllegalArgumentException("a bound cannot be negative");
        }
    }

    static Bound ofOperations(long operations) {
        return operations == 0 ? NONE : new Bound(operations, LONGEST_NANOS);
    }

    static Bound ofNanos(long nanos) {
        return nanos == 0 ? NONE : new Bound(Long.MAX_VALUE, nanos);
    }

    /** Reads {@code 1000} as operations, {@code 500ms}, {@code 2s} and {@code 1m} as times. */
    static Bound parse(String text) {
        return COUNT.matcher(text).matches() ? ofOperations(Long.parseLong(text)) : ofNanos(parseNanos(text));
    }

    /** Reads {@code 500ms}, {@code 2s}, {@code 1m}, and {@code 2} as seconds. */
    static long parseNanos(String text) {
        Matcher time = TIME.matcher(text.toLowerCase(Locale.ROOT));
        if (!time.matches()) {
            throw new IllegalArgumentException("'" + text + "' is no time; write 500ms, 2s or 1m");
        }
        TimeUnit unit = switch (time.group(2)) {
            case "ms" -> TimeUnit.MILLISECONDS;
            case "m" -> TimeUnit.MINUTES;
            default -> TimeUnit.SECONDS;
        };
        return unit.toNanos(Long.parseLong(time.group(1)));
    }

    Bound and(Bound other) {
        return new Bound(Math.min(maxOperations, other.maxOperations), Math.min(maxNanos, other.maxNanos));
    }

    boolean isNone() {
        return maxOperations == 0 || maxNanos == 0;
    }
}
