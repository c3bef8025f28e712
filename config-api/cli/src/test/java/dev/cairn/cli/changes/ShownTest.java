package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cli.Failure;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.AdminText;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.protocol.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whoever approves sees all that they approve. */
class ShownTest {
    private static final Path VECTORS = Path.of("..", "..", "docs", "vectors", "saved-proofs.json");
    private static final String KEY =
            "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";
    private static final PrincipalName ALICE = new PrincipalName("alice");

    /** At revision 3. */
    private final FakeSnapshot now = new FakeSnapshot().put("prod/a", "1").put("prod/b", "1");

    @SuppressWarnings("NullAway.Init")
    private Pin pin;

    @BeforeEach
    void readPin() throws Exception {
        Json.Fields vectors = (Json.Fields) Json.parse(Files.readString(VECTORS));
        Json genesis = Optional.ofNullable(vectors.values().get("genesis")).orElseThrow();
        pin = Pin.of(GenesisFile.parse(((Json.Text) genesis).value().getBytes(StandardCharsets.UTF_8)));
    }

    private Shown shown(SignedText text, Map<Bytes, Bytes> values, long governedSince) throws Exception {
        Governance governance = Governance.parse(Bytes.utf8("cairn-governance-1\nperson bob\n"));
        Optional<ChangeValues> bound =
                text instanceof Change change ? Optional.of(ChangeValues.bind(change, values)) : Optional.empty();
        return Shown.of(new Proposal(text, bound, List.of()), new Ledger(pin, now, governance, governedSince));
    }

    private Shown shown(SignedText text) throws Exception {
        return shown(text, Map.of(), 0);
    }

    private AdminChange admin(long base, String... lines) throws Exception {
        List<AdminOperation> operations = new ArrayList<>();
        for (String line : lines) {
            operations.add(AdminText.parseOperation(line));
        }
        return new AdminChange(pin.chainId(), base, 0, 100, ALICE, "why", operations);
    }

    private Change deletion(long base) {
        List<ChangeOperation> operations = List.of(new ChangeOperation.Delete(Bytes.utf8("prod/a")));
        return new Change(pin.chainId(), base, 0, 100, ALICE, "why", List.of(), operations);
    }

    @Test
    void aCompactionBehindANewKeyIsShown() throws Exception {
        Shown both = shown(admin(3, "set key bob " + KEY, "compact 3"));
        both.requireApprovable();
        assertThat(both.lines(Paint.PLAIN))
                .startsWith("  compact 3", "  set key bob " + KEY, "", "--- governance", "+++ governance")
                .anyMatch(line -> line.startsWith("+key bob " + KEY));
        assertThat(both.json().renderLine()).startsWith("{\"operations\":[\"compact 3\",\"set key bob ");
    }

    @Test
    void aCompactionAloneSaysThatNothingElseChanges() throws Exception {
        assertThat(shown(admin(3, "compact 3")).lines(Paint.PLAIN))
                .containsExactly("  compact 3", "", "--- governance", "+++ governance", "(who governs stays as it is)");
    }

    @Test
    void whatIsImpossibleIsShownAndNotApproved() throws Exception {
        Shown impossible = shown(admin(3, "set key dave " + KEY, "compact 3"));
        assertThat(impossible.lines(Paint.PLAIN))
                .startsWith("  compact 3", "  set key dave " + KEY)
                .last()
                .asString()
                .startsWith("conflict: ")
                .contains("dave");
        assertNotApprovable(impossible, "dave");
    }

    @Test
    void whatWasWrittenForAnotherGovernanceIsShownAndNotApproved() throws Exception {
        Shown outdated = shown(admin(2, "compact 2"), Map.of(), 3);
        assertThat(outdated.lines(Paint.PLAIN)).startsWith("  compact 2");
        assertNotApprovable(outdated, "the governance was changed at revision 3");
        shown(admin(3, "compact 2"), Map.of(), 3).requireApprovable();
    }

    @Test
    void whatIsDatedAheadIsNotApproved() throws Exception {
        for (SignedText text : List.of(admin(4, "compact 3"), deletion(4))) {
            Shown ahead = shown(text);
            assertThat(ahead.conflicts()).isTrue();
            assertThat(ahead.lines(Paint.PLAIN))
                    .last()
                    .isEqualTo("conflict: the base revision 4 is above the store's, 3; draft it anew");
            assertThat(ahead.json().renderLine()).contains("the base revision 4 is above the store's");
            assertNotApprovable(ahead, "the base revision 4 is above the store's, 3");
        }
        shown(deletion(3)).requireApprovable();
    }

    private static void assertNotApprovable(Shown shown, String why) {
        assertThatThrownBy(shown::requireApprovable)
                .isInstanceOf(Failure.class)
                .hasMessageContaining("nothing was signed")
                .hasMessageContaining(why);
    }

    @Test
    void whatDrawsNothingIsShownByItsNumber() {
        assertThat(Visible.text("a\u3164\u115f\u1160\uffa0\u2800b"))
                .isEqualTo("a\\u{3164}\\u{115f}\\u{1160}\\u{ffa0}\\u{2800}b");
        assertThat(Visible.text("\ud55c \u2801")).isEqualTo("\ud55c \u2801");
    }
}
