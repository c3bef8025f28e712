package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.OptionalLong;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.ParameterException;

class ValidityOptionsTest {
    private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");
    private static final long NOW_SECONDS = NOW.getEpochSecond();

    @Command
    private static final class Holder {
        @Mixin
        private ValidityOptions options = new ValidityOptions();
    }

    private static ValidityOptions.Validity validity(OptionalLong longestSeconds, String... arguments) {
        Holder holder = new Holder();
        new CommandLine(holder).parseArgs(arguments);
        return holder.options.validity(NOW, longestSeconds);
    }

    @Property
    void aSpanCountsFromNowAndAGuardFromTheFirstSecond(
            @ForAll @LongRange(min = 1, max = 604_800) long longestSeconds,
            @ForAll @LongRange(min = 1, max = 604_800) long asked) {
        long span = Math.min(asked, longestSeconds);
        ValidityOptions.Validity validity = validity(OptionalLong.of(longestSeconds), "--expires", span + "s");
        assertThat(validity.untilSeconds()).isEqualTo(NOW_SECONDS + span);
        assertThat(validity.fromSeconds()).isBetween(NOW_SECONDS - 60, NOW_SECONDS);
        assertThat(validity.untilSeconds() - validity.fromSeconds()).isLessThanOrEqualTo(longestSeconds);
    }

    @Property
    void whatIsDraftedWithoutATimeIsValidNowAndAsItsGuardAllows(
            @ForAll @LongRange(min = 1, max = 604_800) long longestSeconds) {
        ValidityOptions.Validity validity = validity(OptionalLong.of(longestSeconds));
        assertThat(validity.fromSeconds()).isLessThanOrEqualTo(NOW_SECONDS);
        assertThat(validity.untilSeconds()).isGreaterThan(NOW_SECONDS);
        assertThat(validity.untilSeconds() - validity.fromSeconds()).isLessThanOrEqualTo(longestSeconds);
    }

    @Test
    void clocksThatAreBehindAreAllowedForWhereTheGuardLeavesRoom() {
        assertThat(validity(OptionalLong.of(86_400), "--expires", "9s"))
                .isEqualTo(new ValidityOptions.Validity(NOW_SECONDS - 60, NOW_SECONDS + 9));
        assertThat(validity(OptionalLong.of(86_400), "--expires", "24h"))
                .isEqualTo(new ValidityOptions.Validity(NOW_SECONDS, NOW_SECONDS + 86_400));
        assertThat(validity(OptionalLong.of(86_400)))
                .isEqualTo(new ValidityOptions.Validity(NOW_SECONDS - 60, NOW_SECONDS + 86_340));
        assertThat(validity(OptionalLong.empty()))
                .isEqualTo(new ValidityOptions.Validity(NOW_SECONDS - 60, NOW_SECONDS + 86_400));
    }

    @Test
    void aSpanCountsFromTheBeginningThatIsNamed() {
        String later = "2026-02-01T12:00:00Z";
        long from = Instant.parse(later).getEpochSecond();
        assertThat(validity(OptionalLong.of(3600), "--valid-from", later, "--expires", "1h"))
                .isEqualTo(new ValidityOptions.Validity(from, from + 3600));
    }

    @Test
    void whatHasExpiredAlreadyIsNotDrafted() {
        for (String[] late : new String[][] {
            {"--expires", "2026-01-31T12:00:00Z"},
            {"--valid-from", "2026-01-31T10:00:00Z", "--expires", "1h"}
        }) {
            assertThatThrownBy(() -> validity(OptionalLong.empty(), late))
                    .isInstanceOf(ParameterException.class)
                    .hasMessageContaining("--expires: it would ");
        }
    }
}
