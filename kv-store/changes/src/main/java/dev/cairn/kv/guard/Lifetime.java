package dev.cairn.kv.guard;

import dev.cairn.kv.change.UtcTime;
import java.util.OptionalLong;

/**
 * When a principal or one of its keys counts, in seconds of block time since 1970.
 *
 * @param fromSeconds from here on
 * @param untilSeconds up to here, exclusive; {@link #NO_END} for ever
 * @param revokedSeconds from here on no more, whatever {@code untilSeconds} says
 */
public record Lifetime(long fromSeconds, long untilSeconds, OptionalLong revokedSeconds) {
    public static final long NO_END = Long.MAX_VALUE;

    public static final Lifetime ALWAYS = between(0, NO_END);

    public enum Standing {
        VALID,
        NOT_YET_VALID,
        OVER,
        REVOKED
    }

    public Lifetime {
        boolean hasTimes = isTime(fromSeconds)
                && (isTime(untilSeconds) || untilSeconds == NO_END)
                && isTime(revokedSeconds.orElse(0));
        if (!hasTimes || fromSeconds >= untilSeconds) {
            throw new IllegalArgumentException("a lifetime begins in 1970 or later and before it ends, in 9999 at the"
                    + " latest, not at " + fromSeconds + " s with its end at " + untilSeconds
                    + " s; correct the times");
        }
    }

    private static boolean isTime(long seconds) {
        return seconds >= 0 && seconds <= UtcTime.MAX_SECONDS;
    }

    public static Lifetime between(long fromSeconds, long untilSeconds) {
        return new Lifetime(fromSeconds, untilSeconds, OptionalLong.empty());
    }

    /** The same, revoked at {@code seconds} or when it already was. */
    public Lifetime revokedAt(long seconds) {
        return new Lifetime(
                fromSeconds, untilSeconds, OptionalLong.of(Math.min(seconds, revokedSeconds.orElse(seconds))));
    }

    public Standing at(long nowSeconds) {
        if (revokedSeconds.isPresent() && nowSeconds >= revokedSeconds.getAsLong()) {
            return Standing.REVOKED;
        }
        if (nowSeconds < fromSeconds) {
            return Standing.NOT_YET_VALID;
        }
        return nowSeconds < untilSeconds ? Standing.VALID : Standing.OVER;
    }

    /** The first second at which it counts no more. */
    public long endSeconds() {
        return Math.min(untilSeconds, revokedSeconds.orElse(untilSeconds));
    }
}
