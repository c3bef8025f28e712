package dev.cairn.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FingerprintTest {
    private static final String TEXT = "SHA256:" + "A".repeat(42) + "E";

    @Test
    void whatIsPrintedIsReadBack() throws SshException {
        Fingerprint fingerprint = TestKey.of(KeyKind.ED25519, 1).publicKey().fingerprint();
        assertThat(Fingerprint.parse(fingerprint.toString())).contains(fingerprint);
        assertThat(Fingerprint.parse(TEXT)).isPresent();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "SHA256:",
                "SHA256:AAAA",
                "sha256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE",
                "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAE=",
                "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAF",
                "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n",
                "SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA_E"
            })
    void anotherSpellingIsNone(String text) {
        assertThat(Fingerprint.parse(text)).isEmpty();
    }
}
