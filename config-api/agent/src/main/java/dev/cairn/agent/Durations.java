package dev.cairn.agent;

import dev.cairn.agent.http.Problem;
import java.time.Duration;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Spans of time as people write them: {@code 500ms}, {@code 30s}, {@code 5m}, {@code 1h}. */
final class Durations {
    private static final Pattern SPAN = Pattern.compile("(0|[1-9][0-9]{0,6})(ms|s|m|h)");
    private static final Duration MOST = Duration.ofDays(14);

    private Durations() {}

    static Duration parse(String name, String text) throws Problem {
        Matcher matcher = SPAN.matcher(text);
        if (matcher.matches()) {
            long number = Long.parseLong(matcher.group(1));
            Duration span = switch (matcher.group(2)) {
                case "ms" -> Duration.ofMillis(number);
                case "s" -> Duration.ofSeconds(number);
                case "m" -> Duration.ofMinutes(number);
                default -> Duration.ofHours(number);
            };
            if (span.compareTo(MOST) <= 0) {
                return span;
            }
        }
        throw Problem.badRequest(
                name + " is a span of time such as 500ms, 30s, 5m or 1h, at most 14 days, not \"" + text + "\"");
    }
}
