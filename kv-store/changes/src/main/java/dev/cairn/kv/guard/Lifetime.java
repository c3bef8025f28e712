package dev.cairn.kv.guard;

import java.util.OptionalLong;

/**
 * When a principal or one of its keys counts, in seconds of block time since 1970.
 *
 * @param fromSeconds from here on
 * @param untilSeconds up to here, exclusive
 * @param revokedSeconds from here on no more, whatever {@code untilSeconds} says
 */
public record Lifetime(long fromSeconds, long untilSeconds, OptionalLong revokedSeconds) {
    public enum Standing {
        VALID,
        NOT_YET_VALID,
        OVER,
        REVOKED
    }

    public Lifetime {
        if (fromSeconds < 0 || fromSeconds >= untilSeconds || revokedSeconds.orElse(0) < 0) {
            throw new IllegalArgumentException("a lifetime begins in 1970 or later and before it ends, not at "
                    + fromSeconds + " s with its end at " + untilSeconds + " s; correct the times");
        }
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
