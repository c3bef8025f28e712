package dev.cairn.agent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class ActivationTest {
    @Test
    void onlyASocketThatIsMeantForThisProcessIsTaken() {
        assertThat(Activation.descriptor(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "1"), 42))
                .hasValue(3);
        assertThat(Activation.descriptor(Map.of("LISTEN_PID", "41", "LISTEN_FDS", "1"), 42))
                .isEmpty();
        assertThat(Activation.descriptor(Map.of("LISTEN_PID", "42", "LISTEN_FDS", "2"), 42))
                .isEmpty();
        assertThat(Activation.descriptor(Map.of(), 42)).isEmpty();
    }
}
