package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChangeDiffTest {
    private final FakeSnapshot now = new FakeSnapshot()
            .put("app/limit", "10")
            .put("app/list", "one\ntwo\nthree\n")
            .put("tmp/a", "x")
            .put("tmp/b", "y");

    private static Draft draft(FakeSnapshot seen, List<Intent> intents, Map<Bytes, Precondition> given)
            throws Exception {
        return Draft.of(
                new Draft.Head(Digest.ZERO, seen.revision(), new PrincipalName("alice"), "why"),
                new ValidityOptions.Validity(0, 100),
                Expectation.of(intents, given, seen),
                intents);
    }

    private static ChangeDiff diff(Draft draft, FakeSnapshot now) throws Exception {
        Map<Bytes, Bytes> values = new HashMap<>();
        for (var operation : draft.change().operations()) {
            if (operation instanceof dev.cairn.kv.change.ChangeOperation.Put put) {
                values.put(
                        put.key(), draft.valuesByDigest().get(put.valueDigest().toHex()));
            }
        }
        return ChangeDiff.of(draft.change(), ChangeValues.bind(draft.change(), values), now);
    }

    private static Intent put(String key, String value) {
        return new Intent.Put(Bytes.utf8(key), Bytes.utf8(value));
    }

    @Test
    void everyKeyThatIsTouchedIsExpectedAsItIs() throws Exception {
        Change change = draft(
                        now,
                        List.of(
                                put("app/new", "v"),
                                new Intent.Delete(Bytes.utf8("app/limit")),
                                new Intent.DeleteRange(Bytes.utf8("tmp/"), Bytes.utf8("tmp0"))),
                        Map.of())
                .change();
        assertThat(change.text().toUtf8()).contains("""

                        expect app/limit revision 2
                        expect app/new absent
                        expect tmp/a revision 4
                        expect tmp/b revision 5
                        """);
    }

    @Test
    void whatIsExpectedByHandStandsInstead() throws Exception {
        Bytes key = Bytes.utf8("app/limit");
        Change change = draft(now, List.of(put("app/limit", "20")), Map.of(key, new Precondition.Absent(key)))
                .change();
        assertThat(change.preconditions()).containsExactly(new Precondition.Absent(key));
    }

    @Test
    void theDiffReadsLikeGits() throws Exception {
        Draft draft = draft(
                now,
                List.of(
                        put("app/limit", "20"),
                        put("app/list", "one\n2\nthree\n"),
                        put("app/new", "v"),
                        new Intent.DeleteRange(Bytes.utf8("tmp/"), Bytes.utf8("tmp0"))),
                Map.of());
        assertThat(DiffText.of(diff(draft, now), Paint.PLAIN))
                .containsExactly(
                        "--- app/limit  (revision 2)",
                        "+++ app/limit",
                        "-10",
                        "+20",
                        "--- app/list  (revision 3)",
                        "+++ app/list",
                        " one",
                        "-two",
                        "+2",
                        " three",
                        " ",
                        "--- (absent)",
                        "+++ app/new",
                        "+v",
                        "--- tmp/a  (revision 4)",
                        "+++ (deleted)",
                        "-x",
                        "--- tmp/b  (revision 5)",
                        "+++ (deleted)",
                        "-y",
                        "every key from tmp/ to before tmp0 is deleted; now there are 2");
    }

    @Test
    void aLaterWriteIsAConflictThatNamesKeyAndRevisions() throws Exception {
        Draft draft = draft(now, List.of(put("app/limit", "20")), Map.of());
        now.put("app/limit", "15");
        assertThat(DiffText.of(diff(draft, now), Paint.PLAIN))
                .last()
                .isEqualTo("conflict: key app/limit should be that of revision 2, and it was last written at"
                        + " revision 6");
    }

    @Test
    void nothingOfAValueActsOnTheTerminal() throws Exception {
        Draft draft = draft(now, List.of(put("app/new", "\033[2Jgone\u202e"), put("app/zero", "\0")), Map.of());
        assertThat(DiffText.of(diff(draft, now), Paint.PLAIN))
                .contains("+\\u{1b}[2Jgone\\u{202e}")
                .anyMatch(line -> line.startsWith("+(1 bytes, SHA-256 6e340b9c"));
        assertThat(DiffText.of(diff(draft, now), Paint.COLOURED)).contains("\033[1m--- (absent)\033[m");
    }

    @Test
    void whereThereIsNoTerminalThereAreNoColours() {
        assertThat(Paint.of(Paint.When.AUTO)).isEqualTo(Paint.PLAIN);
    }

    @Test
    void farLinesAreLeftOutAndTheirPlaceIsTold() throws Exception {
        String before = "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12";
        FakeSnapshot long1 = new FakeSnapshot().put("k", before);
        Draft draft = draft(long1, List.of(put("k", before.replace("9", "nine"))), Map.of());
        assertThat(DiffText.of(diff(draft, long1), Paint.PLAIN))
                .containsExactly(
                        "--- k  (revision 2)",
                        "+++ k",
                        "@@ line 6 @@",
                        " 6",
                        " 7",
                        " 8",
                        "-9",
                        "+nine",
                        " 10",
                        " 11",
                        " 12");
    }
}
