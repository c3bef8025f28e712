package dev.cairn.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParsingTest {
    @Test
    void boundsAreOperationsOrTimes() {
        assertThat(Bound.parse("1000")).isEqualTo(new Bound(1_000, Bound.LONGEST_NANOS));
        assertThat(Bound.parse("500ms")).isEqualTo(new Bound(Long.MAX_VALUE, 500_000_000L));
        assertThat(Bound.parse("2s")).isEqualTo(new Bound(Long.MAX_VALUE, 2_000_000_000L));
        assertThat(Bound.parse("1m")).isEqualTo(new Bound(Long.MAX_VALUE, 60_000_000_000L));
        assertThat(Bound.parseNanos("5")).isEqualTo(5_000_000_000L);
        assertThat(Bound.parse("0").isNone()).isTrue();
        assertThat(Bound.parse("0s").isNone()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "s", "-1s", "1h", "1.5s", "99999999999999999999"})
    void otherTextsAreNoBounds(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Bound.parse(text));
    }

    @Test
    void endpointsMayHaveASchemeAndATrailingSlash() {
        assertThat(Endpoint.parse("2389")).isEqualTo(new Endpoint("127.0.0.1", 2389, false));
        assertThat(Endpoint.parse("h:1")).isEqualTo(new Endpoint("h", 1, false));
        assertThat(Endpoint.parse("http://h:2379/")).isEqualTo(new Endpoint("h", 2379, false));
        assertThat(Endpoint.parse("https://[::1]:65535")).isEqualTo(new Endpoint("[::1]", 65_535, true));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "h", ":1", "h:", "h:0", "h:65536", "h:x", "ftp://h:1/x"})
    void otherTextsAreNoEndpoints(String text) {
        assertThatIllegalArgumentException().isThrownBy(() -> Endpoint.parse(text));
    }
}
