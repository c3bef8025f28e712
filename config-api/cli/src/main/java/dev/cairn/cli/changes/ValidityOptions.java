package dev.cairn.cli.changes;

import dev.cairn.kv.change.Seconds;
import dev.cairn.kv.change.UtcTime;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** When a change is valid. */
final class ValidityOptions {
    private static final Pattern DURATION = Pattern.compile("([1-9][0-9]{0,8})([smhd])");
    private static final long DEFAULT_SECONDS = 86_400;

    /** Of keys for which no guard says how long: what an author's signature can do, a gateway may keep for later. */
    private static final long MOST_SECONDS_UNGUARDED = ShortGuard.DEFAULT_VALID_SECONDS;

    /** A change is valid a little before it was drafted: replicas' clocks may be behind this one. */
    private static final long EARLIER_SECONDS = 60;

    @Option(
            names = "--expires",
            paramLabel = "TIME",
            description =
                    "How long the change is valid from now on, or from --valid-from, such as 30m, 24h or 7d, or until when, such as"
                            + " 2026-01-31T12:00:00Z. Default: 24h, or less where a guard allows less; 7d at most where none decides.")
    private @Nullable String expires;

    @Option(
            names = "--valid-from",
            paramLabel = "TIME",
            description =
                    "From when on it is valid, such as 2026-01-31T12:00:00Z. Default: a minute before now, for clocks that are behind.")
    private @Nullable String validFrom;

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init")
    private CommandSpec command;

    /** From the first second until before the second, in seconds since 1970. */
    record Validity(long fromSeconds, long untilSeconds) {}

    /** @param longestSeconds what guards allow; nothing if none decides */
    Validity validity(Instant now, OptionalLong longestSeconds) {
        long nowSeconds = now.getEpochSecond();
        long start = validFrom == null ? nowSeconds : time("--valid-from", validFrom);
        long until = until(start, longestSeconds.orElse(MOST_SECONDS_UNGUARDED));
        long from =
                validFrom == null ? earlier(nowSeconds, until - longestSeconds.orElse(MOST_SECONDS_UNGUARDED)) : start;
        if (until <= from) {
            throw new ParameterException(command.commandLine(), "--expires: it would expire before it is valid");
        }
        if (until <= nowSeconds) {
            throw new ParameterException(
                    command.commandLine(),
                    "--expires: it would have expired at " + UtcTime.print(until) + " already; choose a later time");
        }
        if (longestSeconds.isEmpty() && until - from > MOST_SECONDS_UNGUARDED) {
            throw new ParameterException(
                    command.commandLine(),
                    "--expires: where no guard says how long, a change is valid for "
                            + Seconds.inWords(MOST_SECONDS_UNGUARDED) + " at most, not " + Seconds.inWords(until - from)
                            + "; let it expire earlier");
        }
        return new Validity(from, until);
    }

    /** A guard counts from the first second; where it allows no more, less than a minute is left before now. */
    private static long earlier(long nowSeconds, long earliestSeconds) {
        return Math.clamp(earliestSeconds, nowSeconds - EARLIER_SECONDS, nowSeconds);
    }

    private long until(long startSeconds, long longestSeconds) {
        if (expires == null) {
            long most = longestSeconds > 2 * EARLIER_SECONDS ? longestSeconds - EARLIER_SECONDS : longestSeconds;
            return startSeconds + Math.min(DEFAULT_SECONDS, most);
        }
        OptionalLong duration = seconds(expires);
        return duration.isPresent() ? startSeconds + duration.getAsLong() : time("--expires", expires);
    }

    /** A time such as 30m, 24h or 7d; nothing if {@code text} is none. */
    static OptionalLong seconds(String text) {
        Matcher duration = DURATION.matcher(text);
        if (!duration.matches()) {
            return OptionalLong.empty();
        }
        long count = Long.parseLong(duration.group(1));
        return OptionalLong.of(
                switch (duration.group(2)) {
                    case "s" -> count;
                    case "m" -> count * 60;
                    case "h" -> count * 3600;
                    default -> count * 86_400;
                });
    }

    private long time(String option, String text) {
        try {
            return Instant.parse(text).getEpochSecond();
        } catch (DateTimeException e) {
            throw new ParameterException(
                    command.commandLine(),
                    option + ": \"" + text + "\" is neither a time such as 2026-01-31T12:00:00Z nor one such as 24h",
                    e);
        }
    }
}
