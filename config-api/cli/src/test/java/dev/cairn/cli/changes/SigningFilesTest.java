package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.cli.Run;
import dev.cairn.client.Pin;
import dev.cairn.genesis.json.Json;
import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.AdminText;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.Fingerprint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A change drafted, signed, approved and verified in files, with real ssh-keygen and without a cluster. */
class SigningFilesTest {
    private static final Path VECTORS = Path.of("..", "..", "docs", "vectors", "saved-proofs.json");

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private Path genesis;

    @SuppressWarnings("NullAway.Init")
    private Path governance;

    @SuppressWarnings("NullAway.Init")
    private Path change;

    @SuppressWarnings("NullAway.Init")
    private SshKeys keys;

    @BeforeEach
    void setUp() throws Exception {
        SshKeys.require();
        keys = new SshKeys(directory);
        change = directory.resolve("change.txt");
        Json.Fields vectors = (Json.Fields) Json.parse(Files.readString(VECTORS));
        Json text = Optional.ofNullable(vectors.values().get("genesis")).orElseThrow();
        genesis = Files.writeString(directory.resolve("genesis.json"), ((Json.Text) text).value());
        StringBuilder people = new StringBuilder("cairn-governance-1\n");
        for (String name : List.of("alice", "bob", "carol")) {
            people.append("person ").append(name).append("\nkey ").append(name).append(' ');
            people.append(SshKeys.publicKey(keys.make(name)).line()).append('\n');
        }
        people.append(
                "guard prefix prod/ threshold 2 people alice,bob,carol roles - author counts keys any valid 3600\n");
        governance = Files.writeString(directory.resolve("governance"), people);
        keys.make("mallory");
    }

    private Run run(Object command, String... arguments) {
        List<String> all = new ArrayList<>(List.of(arguments));
        all.addAll(List.of("--pin", genesis.toString(), "--governance", governance.toString()));
        return Run.of(command, all.toArray(String[]::new));
    }

    private Run draft(String... more) {
        List<String> all =
                new ArrayList<>(List.of("--base", "7", "--author", "alice", "-m", "Raise it", "-o", change.toString()));
        all.addAll(List.of(more));
        return run(new DraftCommand(), all.toArray(String[]::new));
    }

    private Run sign(String name, String... more) {
        List<String> all = new ArrayList<>(
                List.of(change.toString(), "--key", directory.resolve(name).toString()));
        all.addAll(List.of(more));
        return run(new SignCommand(), all.toArray(String[]::new));
    }

    private Run verify(String... more) {
        List<String> all = new ArrayList<>(List.of(change.toString()));
        all.addAll(List.of(more));
        return run(new VerifyCommand(), all.toArray(String[]::new));
    }

    @Test
    void twoPeopleSignAndAnybodyVerifies() throws Exception {
        Run drafted = draft("--put", "prod/limit=20", "--delete", "prod/old", "--expect", "prod/limit=6");
        assertThat(drafted.err()).isEmpty();
        assertThat(drafted.exitCode()).isZero();
        assertThat(drafted.out()).contains(": 2 operations by alice, valid until ");
        assertThat(Files.readString(change))
                .endsWith("\ndelete prod/old\n")
                .contains("\nbase 7\n", "\nreason Raise it\nexpect prod/limit revision 6\nput prod/limit 2 f5ca38f7");

        Run unsigned = verify();
        assertThat(unsigned.exitCode()).isEqualTo(Exits.MISSING);
        assertThat(unsigned.out())
                .contains("missing: the change names alice as its author")
                .doesNotContain("next: ");

        Run signed = sign("alice");
        assertThat(signed.exitCode()).as(signed.err()).isZero();
        assertThat(signed.out())
                .startsWith(Files.readString(change))
                .contains("signed by alice with ssh-ed25519 SHA256:");
        Run half = verify();
        assertThat(half.exitCode()).isEqualTo(Exits.MISSING);
        assertThat(half.out())
                .contains("missing: the guard on \"prod/\" needs 1 more of 2 signatures; ask bob, carol")
                .endsWith("\nnext: cairn submit " + change + "\n");

        Run approved = sign("bob", "--approve");
        assertThat(approved.exitCode()).isZero();
        assertThat(approved.out())
                .startsWith(Files.readString(change) + "\n--- (not known)\n+++ prod/limit\n+20\n\napproved by bob");
        Run whole = verify();
        assertThat(whole.exitCode()).as(whole.out()).isZero();
        assertThat(whole.out()).contains("signed by alice", "approved by bob", "complete: no signature is missing");
        assertThat(verify("--json").out()).startsWith("{\"digest\":\"").contains("\"complete\":true");
    }

    @Test
    void anApproverSeesWhatBecomesOfTheGovernance() throws Exception {
        admin("set person dave", "compact 7");
        Run approved = sign("bob", "--approve");
        assertThat(approved.exitCode()).as(approved.err()).isZero();
        assertThat(approved.out()).contains("\n  compact 7\n  set person dave\n", "\n+person dave");

        admin("revoke person dave", "compact 7");
        Run impossible = sign("bob", "--approve");
        assertThat(impossible.exitCode()).isEqualTo(1);
        assertThat(impossible.out()).contains("\n  compact 7\n  revoke person dave\n", "\nconflict: ");
        assertThat(impossible.err()).contains("nothing was signed", "dave").hasLineCount(1);
        assertThat(directory.resolve("change.txt.approve.bob.sig")).doesNotExist();
    }

    private void admin(String... lines) throws Exception {
        List<AdminOperation> operations = new ArrayList<>();
        for (String line : lines) {
            operations.add(AdminText.parseOperation(line));
        }
        Digest chain = Pin.read(genesis).chainId();
        long expires = Instant.now().getEpochSecond() + 3600;
        AdminChange text = new AdminChange(chain, 7, 0, expires, new PrincipalName("alice"), "why", operations);
        Files.write(change, text.text().toArray());
        Files.deleteIfExists(directory.resolve("change.txt.approve.bob.sig"));
    }

    @Test
    void aFewDigitsAreNotApprovedUnseen() {
        for (Object command : List.of(new ApproveCommand(), new WithdrawCommand())) {
            Run few = Run.of(command, "--yes", "d359657e0123456", "--pin", genesis.toString());
            assertThat(few.exitCode()).isEqualTo(1);
            assertThat(few.err())
                    .contains("with --yes a digest needs 16 digits or more", "cairn pending --json")
                    .hasLineCount(1);
        }
    }

    @Test
    void whatIsNoChangeIsCalledByItsName() throws Exception {
        draft("--put", "prod/limit=20");
        sign("alice");
        sign("bob", "--approve");
        for (List<String> other : List.of(
                List.of("genesis.json", "a genesis document"),
                List.of("governance", "a governance"),
                List.of("change.txt.approve", "an approval"),
                List.of("change.txt.sig", "a signature"))) {
            Path file = directory.resolve(other.getFirst());
            Run signed = run(new SignCommand(), file.toString());
            assertThat(signed.exitCode()).isEqualTo(1);
            assertThat(signed.err())
                    .isEqualTo("cairn: " + file + ": this is no change but " + other.getLast()
                            + "; name the text of a change\n");
        }
    }

    @Test
    void whatLooksLikeAFileIsNoDigest() {
        for (String name : List.of("nowhere/change", "change.tx")) {
            for (Object command : List.of(new ApproveCommand(), new WithdrawCommand())) {
                assertThat(Run.of(command, "--yes", name, "--pin", genesis.toString())
                                .err())
                        .isEqualTo("cairn: " + name + ": there is no such file\n");
            }
        }
    }

    @Test
    void bareSshKeygenMakesAndChecksTheSameFiles() throws Exception {
        draft("--put", "prod/limit=20");
        assertThat(keys.run(
                        Path.of("/dev/null"),
                        "-q",
                        "-Y",
                        "sign",
                        "-f",
                        "alice",
                        "-n",
                        "change@cairn.dev",
                        "change.txt"))
                .isZero();
        assertThat(sign("bob", "--approve").exitCode()).isZero();
        assertThat(verify().exitCode()).isZero();
        Files.writeString(
                directory.resolve("allowed"),
                "bob " + SshKeys.publicKey(directory.resolve("bob")).line() + "\n");
        assertThat(keys.run(
                        directory.resolve("change.txt.approve"),
                        "-Y",
                        "verify",
                        "-f",
                        "allowed",
                        "-I",
                        "bob",
                        "-n",
                        "approve@cairn.dev",
                        "-s",
                        "change.txt.approve.bob.sig"))
                .isZero();
    }

    @Test
    void whoTakesAnApprovalBackDoesNotCount() throws Exception {
        draft("--put", "prod/limit=20");
        sign("alice");
        sign("bob", "--approve");
        SignedText text = SignedText.parse(Bytes.wrap(Files.readAllBytes(change)));
        Path withdrawal = directory.resolve("withdrawal");
        Files.write(withdrawal, Judgement.signedText(text, Purpose.WITHDRAW).toArray());
        assertThat(keys.run(
                        Path.of("/dev/null"),
                        "-q",
                        "-Y",
                        "sign",
                        "-f",
                        "bob",
                        "-n",
                        "withdraw@cairn.dev",
                        "withdrawal"))
                .isZero();
        assertThat(verify().exitCode()).isZero();
        Run withdrawn = verify(withdrawal + ".sig");
        assertThat(withdrawn.exitCode()).isEqualTo(Exits.MISSING);
        assertThat(withdrawn.out())
                .containsOnlyOnce("bob has withdrawn from this change")
                .contains(
                        "not counted: bob has withdrawn from", "withdrawn by bob with ssh-ed25519", "needs 1 more of 2")
                .doesNotContain("approved by bob");
    }

    @Test
    void anotherTextOrValueIsRefused() throws Exception {
        draft("--put", "prod/limit=20");
        sign("alice");
        String text = Files.readString(change);
        Files.writeString(change, text.replace("reason Raise it", "reason Raise IT"));
        Run changed = verify();
        assertThat(changed.exitCode()).isEqualTo(Exits.REFUSED);
        assertThat(changed.out()).contains("not valid: the signature is not this key's on this text");

        Files.writeString(change, text);
        try (var values = Files.list(directory.resolve("change.txt.values"))) {
            Files.writeString(values.findFirst().orElseThrow(), "21");
        }
        Run otherValue = verify();
        assertThat(otherValue.exitCode()).isEqualTo(1);
        assertThat(otherValue.err())
                .contains("the value of key prod/limit has 2 bytes")
                .hasLineCount(1);
    }

    @Test
    void aSignatureOfNobodysKeyIsNamedAndChangesNothingElse() throws Exception {
        draft("--put", "prod/limit=20");
        String[] signing = {"-q", "-Y", "sign", "-f", "mallory", "-n", "change@cairn.dev", "change.txt"};
        assertThat(keys.run(Path.of("/dev/null"), signing)).isZero();
        Run verified = verify();
        assertThat(verified.exitCode()).isEqualTo(Exits.MISSING);
        assertThat(verified.out())
                .contains("not counted: nobody is registered with the key")
                .doesNotContain("next: ");
    }

    @Test
    void whatHasExpiredIsNotSigned() throws Exception {
        Run undrafted = draft("--put", "prod/limit=20", "--valid-from", "2020-01-01T00:00:00Z", "--expires", "1h");
        assertThat(undrafted.exitCode()).isEqualTo(2);
        assertThat(undrafted.err()).contains("it would have expired at 2020-01-01T01:00:00Z already");
        draft("--put", "prod/limit=20");
        Files.writeString(
                change,
                Files.readString(change)
                        .replaceFirst("\nvalid-from \\S+", "\nvalid-from 2020-01-01T00:00:00Z")
                        .replaceFirst("\nexpires \\S+", "\nexpires 2020-01-01T01:00:00Z"));
        Run late = sign("alice");
        assertThat(late.exitCode()).isEqualTo(1);
        assertThat(late.out()).isEmpty();
        assertThat(late.err())
                .isEqualTo("cairn: " + change
                        + ": the change expired at 2020-01-01T01:00:00Z of block time; draft and sign it anew\n");
        assertThat(sign("bob", "--approve").err()).contains("the change expired at");
        assertThat(verify().out()).contains("refused: the change expired at").doesNotContain("missing: ", "ask ");
        assertThat(directory.resolve("change.txt.sig")).doesNotExist();
    }

    @Test
    void nobodySignsForAnother() throws Exception {
        draft("--put", "prod/limit=20");
        assertThat(sign("bob").err())
                .isEqualTo("cairn: you are bob, its author is alice: cairn approve " + change
                        + ", or cairn sign --approve " + change + "\n");
        assertThat(sign("mallory", "--approve").err()).contains("nobody's key").hasLineCount(1);
        assertThat(directory.resolve("change.txt.sig")).doesNotExist();
        Run none = sign("nothing");
        assertThat(none.exitCode()).isEqualTo(1);
        assertThat(none.err()).contains("there is no such key").hasLineCount(1);
    }

    @Test
    void anAuthorWhomNobodyKnowsDraftsNothing() {
        String[] arguments = {
            "--base", "7", "--author", "alicia", "-m", "why", "-o", change.toString(), "--put", "prod/limit=20"
        };
        Run drafted = run(new DraftCommand(), arguments);
        assertThat(drafted.exitCode()).isEqualTo(1);
        assertThat(drafted.err()).isEqualTo("cairn: nobody is called alicia; people: alice, bob, carol\n");
        assertThat(change).doesNotExist();
    }

    @Test
    void aDraftIsNotOverwrittenAndSignaturesAreNotKeptOverIt() throws Exception {
        draft("--put", "prod/limit=20");
        sign("alice");
        Run again = draft("--put", "prod/limit=30");
        assertThat(again.exitCode()).isEqualTo(1);
        assertThat(again.err()).contains("is there already").hasLineCount(1);
        assertThat(draft("--put", "prod/limit=30", "--force").exitCode()).isZero();
        assertThat(directory.resolve("change.txt.sig")).doesNotExist();
    }

    @Test
    void aDraftIsValidNoLongerThanItsGuardAllows() throws Exception {
        draft("--put", "prod/limit=20");
        sign("alice");
        sign("bob", "--approve");
        assertThat(verify().exitCode()).isZero();
        Run refused = draft("--put", "prod/limit=20", "--force", "--expires", "2h");
        assertThat(refused.exitCode()).isEqualTo(1);
        assertThat(refused.err())
                .isEqualTo(
                        "cairn: the guard on \"prod/\" lets a change be valid for 1 hour, not 2 hours; draft it with an"
                                + " earlier expiry\n");
        Files.writeString(
                change, Files.readString(change).replaceFirst("\nexpires \\S+", "\nexpires 2099-01-01T00:00:00Z"));
        Files.delete(directory.resolve("change.txt.sig"));
        Files.delete(directory.resolve("change.txt.approve.bob.sig"));
        sign("alice");
        Run tooLong = verify();
        assertThat(tooLong.exitCode()).isEqualTo(Exits.REFUSED);
        assertThat(tooLong.out()).contains("refused: the guard on \"prod/\" lets a change be valid for 1 hour, not ");
        assertThat(verify("--at", "2020-01-01T00:00:00Z").out()).contains("refused: the change is not valid before");
    }

    @Test
    void whereNoGuardSaysHowLongADraftIsValidForAWeekAtMost() {
        assertThat(draft("--put", "free=1", "--expires", "7d").exitCode()).isZero();
        Run longer = draft("--put", "free=1", "--force", "--expires", "8d");
        assertThat(longer.exitCode()).isEqualTo(2);
        assertThat(longer.err())
                .contains("where no guard says how long, a change is valid for 7 days at most, not 8 days");
    }

    @Test
    void aKeysFileTellsWhoseItIsWithoutItsPassphrase() throws Exception {
        String[] making = {"-q", "-t", "ed25519", "-N", "a passphrase", "-f", "locked"};
        assertThat(keys.run(Path.of("/dev/null"), making)).isZero();
        Path locked = directory.resolve("locked");
        Fingerprint own = SshKeys.publicKey(locked).fingerprint();
        assertThat(SshKeygen.fingerprint(Path.of(locked + ".pub"))).contains(own);
        Files.delete(Path.of(locked + ".pub"));
        assertThat(SshKeygen.fingerprint(locked)).contains(own);
        assertThat(SshKeygen.fingerprint(genesis)).isEmpty();
    }

    @Test
    void nonsenseIsWrongUse() {
        assertThat(draft("--put", "nothing").exitCode()).isEqualTo(2);
        assertThat(draft("--put", "a=b", "--expect", "a=yesterday").err())
                .contains("is not absent, a revision, or sha256:");
        assertThat(draft("--put", "a=b", "--expires", "soon").exitCode()).isEqualTo(2);
        assertThat(draft("--put", "a=b", "--put", "a=c").err()).contains("key a is listed twice");
        assertThat(verify("--at", "then").exitCode()).isEqualTo(2);
        assertThat(verify().err()).contains("there is no such file").hasLineCount(1);
    }
}
