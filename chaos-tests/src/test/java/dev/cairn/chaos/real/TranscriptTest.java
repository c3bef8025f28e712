package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** The judge of the walk-through sees what differs. */
class TranscriptTest {
    private static final String ONE = "1".repeat(64);
    private static final String TWO = "2".repeat(64);

    private final Likeness likeness = new Likeness(2379, 14000);

    private Optional<String> difference(String expected, String seen) {
        return likeness.difference(List.of(expected), List.of(seen));
    }

    @Test
    void stepsAreReadWithWhatTheyPrint() {
        Transcript transcript = Transcript.parse(List.of(
                "alice$ not inside",
                "```console",
                "alice$ cat <<E",
                "> one",
                "> E",
                "one",
                "> two",
                "bob$ true",
                "```",
                "text",
                "```",
                "bob$ not this",
                "```"));
        assertThat(transcript.steps())
                .containsExactly(
                        new Transcript.Step(3, "alice", "cat <<E\none\nE", List.of("one", "> two")),
                        new Transcript.Step(8, "bob", "true", List.of()));
        assertThatThrownBy(() -> Transcript.parse(List.of("```console", "printed", "```")))
                .hasMessageContaining("line 2");
    }

    @Test
    void whatDiffersFromRunToRunIsAlike() {
        assertThat(difference(
                        "change 5f3d1c2e… at 2026-11-26T03:00:00Z from 127.0.0.1:2389",
                        "change " + ONE + " at 2026-11-27T04:01:02Z from 127.0.0.1:14010"))
                .isEmpty();
        assertThat(difference("5f3d1c2e alice", "11111111 alice")).isEmpty();
        assertThat(likeness.typed("cairn approve 5f3d1c2e --endpoints 127.0.0.1:2389"))
                .isEqualTo("cairn approve 11111111 --endpoints 127.0.0.1:14010");
        assertThat(difference("key SHA256:abcdefgh… AAAAC3NzaC1l…", "key SHA256:" + "x".repeat(43) + " AAAAB3Nza"))
                .isEmpty();
    }

    @Test
    void whatDiffersInAnythingElseIsNot() {
        assertThat(difference("approved by bob", "approved by eve")).isPresent();
        assertThat(difference("revision 3", "revision 33")).isPresent();
        assertThat(difference("from 127.0.0.1:2389", "from 127.0.0.1:14020")).isPresent();
        assertThat(difference("at 2026-11-26T03:00:00Z", "at noon")).isPresent();
        assertThat(difference("change 5f3d1c2e…", "change 11111111")).isPresent();
        assertThat(likeness.difference(List.of("a"), List.of())).isPresent();
        assertThat(likeness.difference(List.of(), List.of("a"))).isPresent();
    }

    @Test
    void aDigestStandsForOneAndOnlyOne() {
        assertThat(difference("5f3d1c2e…", ONE)).isEmpty();
        assertThat(difference("5f3d1c2e…", TWO)).isPresent();
        assertThat(difference("aaaaaaaa…", ONE)).isPresent();
    }
}
