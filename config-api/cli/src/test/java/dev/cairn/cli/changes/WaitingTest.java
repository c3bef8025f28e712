package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.cli.Failure;
import dev.cairn.client.Pin;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Scope;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.SshPublicKey;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nobody is asked for what would not help. */
class WaitingTest {
    private static final Path VECTORS = Path.of("..", "..", "docs", "vectors", "saved-proofs.json");
    private static final PrincipalName ALICE = new PrincipalName("alice");
    private static final PrincipalName BOB = new PrincipalName("bob");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    private final FakeSnapshot now = new FakeSnapshot().put("prod/a", "1");

    @SuppressWarnings("NullAway.Init")
    private Pin pin;

    @SuppressWarnings("NullAway.Init")
    private SshKeys keys;

    @BeforeEach
    void setUp() throws Exception {
        SshKeys.require();
        keys = new SshKeys(directory);
        for (String name : List.of("alice", "bob", "carol", "new")) {
            keys.make(name);
        }
        Json.Fields vectors = (Json.Fields) Json.parse(Files.readString(VECTORS));
        Json genesis = Optional.ofNullable(vectors.values().get("genesis")).orElseThrow();
        pin = Pin.of(GenesisFile.parse(((Json.Text) genesis).value().getBytes(StandardCharsets.UTF_8)));
    }

    private Governance governance(String ofAlicesKey) throws Exception {
        SortedMap<Bytes, String> alices = new TreeMap<>();
        alices.put(key("alice").blob(), "key alice " + key("alice").line() + ofAlicesKey + "\n");
        alices.put(key("new").blob(), "key alice " + key("new").line() + "\n");
        return Governance.parse(Bytes.utf8("cairn-governance-1\nperson alice\n" + String.join("", alices.values())
                + "person bob\nkey bob " + key("bob").line() + "\nperson carol\nkey carol "
                + key("carol").line() + "\n"
                + "guard prefix prod/ threshold 2 people alice,bob,carol roles - author counts keys any valid 7200\n"));
    }

    private SshPublicKey key(String name) throws Exception {
        return SshKeys.publicKey(directory.resolve(name));
    }

    private Change change(long expiresSeconds) {
        List<ChangeOperation> operations = List.of(new ChangeOperation.Delete(Bytes.utf8("prod/a")));
        return new Change(pin.chainId(), 2, expiresSeconds - 3600, expiresSeconds, ALICE, "why", List.of(), operations);
    }

    private ChangeRecord.Taken taken(String key, Purpose purpose, SignedText text) throws Exception {
        Path file = directory.resolve("text");
        Files.write(file, Judgement.signedText(text, purpose).toArray());
        Files.deleteIfExists(directory.resolve("text.sig"));
        assertThat(keys.run(Path.of("/dev/null"), "-q", "-Y", "sign", "-f", key, "-n", purpose.namespace(), "text"))
                .isZero();
        return new ChangeRecord.Taken(purpose, Bytes.wrap(Files.readAllBytes(directory.resolve("text.sig"))), 0);
    }

    private Ledger ledger(SignedText text, Governance governance, ChangeRecord.Taken... taken) {
        now.record(LedgerKeys.pending(text.digest()), new PendingRecord(List.of(taken)).encode());
        now.record(LedgerKeys.text(text.digest()), text.text());
        return new Ledger(pin, now, governance, 0);
    }

    @Test
    void whoeverHasWithdrawnIsNotAsked() throws Exception {
        Change text = change(Instant.now().getEpochSecond() + 600);
        ChangeRecord.Taken authors = taken("alice", Purpose.CHANGE, text);
        Ledger ledger = ledger(text, governance(""), authors, taken("bob", Purpose.WITHDRAW, text));
        Evidence inFiles = new Evidence("change.txt.sig", authors.signature());
        assertThat(JudgementText.of(ledger.judge(text, List.of(inFiles))))
                .last()
                .isEqualTo("missing: the guard on \"prod/\" needs 1 more of 2 signatures; ask carol");
        assertThat(ledger.waiting(text).withdrawn()).containsExactly(BOB);
    }

    @Test
    void whereTheAuthorsFirstSignatureIsByARevokedKeyAnotherOfTheirsDoesNotHelp() throws Exception {
        Change text = change(Instant.now().getEpochSecond() + 600);
        Ledger ledger = ledger(text, governance(" revoked 2026-01-01T00:00:00Z"), taken("alice", Purpose.CHANGE, text));
        String hint = "refused: its author's signature is by a revoked key: draft it anew, and `cairn withdraw "
                + text.digest().toHex() + "` this one";
        Judgement asItWaits = ledger.judge(text, ledger.find(text.digest()).orElseThrow());
        assertThat(JudgementText.of(asItWaits)).containsExactly(hint);
        assertThat(asItWaits.exitCode()).isEqualTo(Exits.REFUSED);

        List<Evidence> inFiles = List.of(
                new Evidence(
                        "change.txt.sig", taken("new", Purpose.CHANGE, text).signature()),
                new Evidence(
                        "change.txt.approve.bob.sig",
                        taken("bob", Purpose.APPROVE, text).signature()));
        Judgement signedAgain = ledger.judge(text, inFiles);
        assertThat(signedAgain.objections()).isEmpty();
        assertThat(signedAgain.canBeSubmitted()).isFalse();
        assertThat(signedAgain.isAdmitted()).isFalse();
        assertThat(JudgementText.of(signedAgain))
                .satisfiesExactly(
                        line -> assertThat(line).startsWith("signed by alice"),
                        line -> assertThat(line).startsWith("approved by bob"),
                        line -> assertThat(line).isEqualTo(hint));
    }

    @Test
    void whatHasExpiredWasNotForgottenToBeSubmitted() throws Exception {
        Change late = change(1_600_000_000);
        Path file = Files.write(directory.resolve("change.txt"), late.text().toArray());
        assertThatThrownBy(() -> new Ledger(pin, now, governance(""), 0).require(file.toString()))
                .isInstanceOf(Failure.class)
                .hasMessageContaining(": the change expired at 2020-09-13T12:26:40Z")
                .hasMessageNotContaining("submit");
        Objection missing = new Objection.SignaturesMissing(Scope.REGISTRY, 2, 1, new TreeSet<>(List.of(BOB)), 0);
        Objection unsigned = new Objection.NotSignedByAuthor(ALICE, Purpose.CHANGE);
        Objection expired = new Objection.Expired(late.expiresSeconds());
        assertThat(Waiting.NOTHING.obstacles(List.of(expired, unsigned, missing)))
                .containsExactly(new Waiting.Obstacle(false, expired.sentence()));
        assertThat(Waiting.NOTHING.obstacles(List.of(unsigned, missing))).hasSize(2);
    }

    @Test
    void whereTooFewAreLeftNobodyIsAsked() {
        TreeSet<PrincipalName> ten = new TreeSet<>();
        IntStream.range(0, Objection.SignaturesMissing.MAX_NAMES).forEach(i -> ten.add(new PrincipalName("p" + i)));
        Objection.SignaturesMissing missing = new Objection.SignaturesMissing(Scope.REGISTRY, 2, 0, ten, 2);
        assertThat(missing.sentence(ten)).endsWith("signatures; ask 2 more");
        assertThat(missing.sentence(ten.headSet(new PrincipalName("p9")))).endsWith("signatures; ask p9 and 2 more");
        Objection.SignaturesMissing few =
                new Objection.SignaturesMissing(Scope.REGISTRY, 2, 1, new TreeSet<>(List.of(BOB)), 0);
        assertThat(few.sentence(few.from()))
                .endsWith("signatures; too few are left who have not withdrawn: draft it anew");
        assertThat(few.sentence()).endsWith("signatures; ask bob");
    }
}
