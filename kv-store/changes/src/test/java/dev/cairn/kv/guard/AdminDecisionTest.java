package dev.cairn.kv.guard;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminText;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.VerdictText;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.TestKey;
import dev.cairn.ssh.VerifiedSignature;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may change the governance: sentences, each with real signatures. */
class AdminDecisionTest {
    private static final Digest CHAIN = Digest.parse("ab".repeat(32));
    private static final long NOW = 1_795_662_600;

    private static final TestKey ALICE = TestKey.of(KeyKind.ED25519, 1);
    private static final TestKey BOB = TestKey.of(KeyKind.ED25519, 2);
    private static final TestKey CAROL = TestKey.of(KeyKind.ED25519, 3);
    private static final TestKey DAVE = TestKey.of(KeyKind.ED25519, 4);
    private static final TestKey ROBOT = TestKey.of(KeyKind.ED25519, 5);

    private static final Governance GOVERNANCE = governance("""
            cairn-governance-1
            person alice roles admin,ops
            key alice %s
            person bob roles admin
            key bob %s
            person carol
            key carol %s
            person dave
            key dave %s
            service robot
            key robot %s
            guard registry threshold 2 people - roles admin author counts keys any valid 604800
            guard recovery threshold 2 people carol,dave roles - author counts keys any valid 604800
            guard prefix prod/ threshold 1 people - roles ops author counts keys any valid 604800
            open prefix scratch/
            """);

    private static Governance governance(String text) {
        Object[] keys = Stream.of(ALICE, BOB, CAROL, DAVE, ROBOT)
                .map(AdminDecisionTest::line)
                .toArray();
        try {
            return Governance.parse(Bytes.utf8(text.formatted(keys)));
        } catch (ChangeException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String line(TestKey key) {
        try {
            return key.publicKey().line();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static AdminChange change(String author, String... lines) throws ChangeException {
        return AdminText.parse(Bytes.utf8("""
                cairn-admin-1
                chain %s
                base 5
                valid-from 2026-11-26T03:00:00Z
                expires 2026-11-27T03:00:00Z
                author %s
                reason As agreed
                %s
                """.formatted(CHAIN.toHex(), author, String.join("\n", lines))));
    }

    private static VerifiedSignature signed(TestKey key, Purpose purpose, Bytes text) {
        try {
            return SshSignature.parse(key.sign(purpose.namespace(), text))
                    .verify(key.publicKey(), purpose.namespace(), text);
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The first signs as the author, the others approve. */
    private static Decision decide(AdminChange change, TestKey author, TestKey... approvers) {
        List<VerifiedSignature> signatures = Stream.concat(
                        Stream.of(signed(author, Purpose.ADMIN, change.text())),
                        Arrays.stream(approvers)
                                .map(key -> signed(
                                        key,
                                        Purpose.APPROVE,
                                        new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, change.digest()).text())))
                .toList();
        return new Decider(CHAIN, GOVERNANCE).decide(change, signatures, NOW);
    }

    private static void admitted(Decision decision, String... people) {
        assertThat(decision).isInstanceOf(Decision.Admitted.class);
        assertThat(((Decision.Admitted) decision).people())
                .extracting(PrincipalName::text)
                .containsExactly(people);
    }

    private static List<Objection> refused(Decision decision) throws ChangeException {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        Decision.Refused refused = (Decision.Refused) decision;
        assertThat(VerdictText.parse(VerdictText.print(refused.objections(), refused.uncounted())))
                .isEqualTo(new VerdictText.Verdict(refused.objections(), refused.uncounted()));
        return refused.objections();
    }

    @Test
    void theRegistrysGuardDecidesOnWhatHasNoPrefix() throws ChangeException {
        for (String line : List.of(
                "set person erin",
                "revoke person bob",
                "set key bob " + line(TestKey.of(KeyKind.ED25519, 6)),
                "set gateways-may compact",
                "set keep-revisions 7",
                "compact 4",
                "remove guard recovery",
                "set guard registry threshold 1 people alice roles - author counts keys any valid 60",
                "set guard prefix new/ threshold 1 people alice roles - author counts keys any valid 60",
                "set guard prefix scratch/ threshold 1 people alice roles - author counts keys any valid 60",
                "set guard prefix scratch/x threshold 1 people alice roles - author counts keys any valid 60",
                "remove open prefix scratch/",
                "set open prefix new/")) {
            AdminChange change = change("alice", line);
            assertThat(refused(decide(change, ALICE)))
                    .as(line)
                    .extracting(Objection::sentence)
                    .containsExactly("the guard on the registry needs 1 more of 2 signatures; ask bob");
            admitted(decide(change, ALICE, BOB), "alice", "bob");
        }
    }

    @Test
    void theGuardThatDecidesNowDecidesOnGuardsBelow() throws ChangeException {
        for (String line : List.of(
                "remove guard prefix prod/",
                "set open prefix prod/x",
                "set guard prefix prod/x threshold 1 people bob roles - author counts keys any valid 60")) {
            AdminChange change = change("bob", line);
            assertThat(refused(decide(change, BOB)).getFirst())
                    .as(line)
                    .isInstanceOfSatisfying(
                            Objection.SignaturesMissing.class,
                            missing -> assertThat(missing.scope()).isEqualTo(new Scope.OfPrefix(Bytes.utf8("prod/"))));
            admitted(decide(change, BOB, ALICE), "alice");
        }
    }

    @Test
    void recoveryAloneAdmitsAllOfItIfOneOfItsPeopleIsTheAuthor() throws ChangeException {
        AdminChange change = change("carol", "remove guard prefix prod/", "revoke person alice");
        admitted(decide(change, CAROL, DAVE), "carol", "dave");
        assertThat(refused(decide(change, CAROL)))
                .extracting(Objection::sentence)
                .containsExactly(
                        "the guard on \"prod/\" needs 1 more of 1 signatures; ask alice",
                        "the guard on the registry needs 2 more of 2 signatures; ask alice, bob",
                        "or else the recovery guard needs 1 more of 2 signatures; ask dave");
        AdminChange others = change("bob", "revoke person alice");
        assertThat(refused(decide(others, BOB, CAROL, DAVE)))
                .extracting(Objection::sentence)
                .containsExactly("the guard on the registry needs 1 more of 2 signatures; ask alice");
    }

    @Test
    void onlyAPersonIsTheAuthor() throws ChangeException {
        AdminChange change = change("robot", "set person erin");
        assertThat(refused(decide(change, ROBOT, ALICE, BOB)))
                .containsExactly(new Objection.AuthorNoPerson(new PrincipalName("robot")));
        AdminChange unsigned = change("alice", "set person erin");
        assertThat(refused(new Decider(CHAIN, GOVERNANCE)
                        .decide(
                                unsigned,
                                List.of(
                                        signed(ALICE, Purpose.CHANGE, unsigned.text()),
                                        signed(BOB, Purpose.ADMIN, unsigned.text())),
                                NOW)))
                .contains(new Objection.NotSignedByAuthor(new PrincipalName("alice"), Purpose.ADMIN));
    }

    @Test
    void whereNobodyGovernsNothingOfItEverChanges() throws ChangeException {
        AdminChange change = change("alice", "set person erin");
        assertThat(refused(new Decider(CHAIN, Governance.OPEN)
                        .decide(change, List.of(signed(ALICE, Purpose.ADMIN, change.text())), NOW)))
                .contains(new Objection.ClosedRegistry());
    }

    private static List<Objection> impossible(String... lines) throws ChangeException {
        Amendment amendment = GOVERNANCE.apply(change("alice", lines), NOW);
        assertThat(amendment).isInstanceOf(Amendment.Impossible.class);
        return ((Amendment.Impossible) amendment).objections();
    }

    @Test
    void whatCannotBeSaysWhy() throws ChangeException {
        PrincipalName bob = new PrincipalName("bob");
        PrincipalName erin = new PrincipalName("erin");
        String fresh = line(TestKey.of(KeyKind.ED25519, 6));
        assertThat(impossible("set key erin " + fresh)).containsExactly(new Objection.UnknownPrincipal(erin));
        assertThat(impossible("revoke person erin")).containsExactly(new Objection.UnknownPrincipal(erin));
        assertThat(impossible("revoke node bob")).containsExactly(new Objection.OtherKind(bob, Principal.Kind.PERSON));
        assertThat(impossible("set service bob")).containsExactly(new Objection.OtherKind(bob, Principal.Kind.PERSON));
        assertThat(impossible("set key bob " + line(ALICE)).getFirst()).isInstanceOf(Objection.KeyOfAnother.class);
        assertThat(impossible("revoke key bob SHA256:" + "A".repeat(42) + "E").getFirst())
                .isInstanceOf(Objection.UnknownKey.class);
        assertThat(impossible("remove guard prefix none/").getFirst()).isInstanceOf(Objection.NoSuchGuard.class);
        assertThat(impossible("remove open prefix prod/").getFirst()).isInstanceOf(Objection.NotOpen.class);
        assertThat(impossible("set person bob roles admin until 2026-01-01T00:00:00Z"))
                .containsExactly(new Objection.RewritesPast(bob));
        assertThat(impossible(
                        "set guard prefix prod/ threshold 2 people alice roles - author counts keys any valid 60"))
                .containsExactly(new Objection.DeadEnd(new Scope.OfPrefix(Bytes.utf8("prod/")), 2, 1));
    }

    @Test
    void revokingIsPossibleAsLongAsSomebodyGoverns() throws ChangeException {
        for (String line : List.of("set person bob roles ops", "revoke person bob", "revoke person dave")) {
            assertThat(GOVERNANCE.apply(change("alice", line), NOW)).as(line).isInstanceOf(Amendment.To.class);
        }
        assertThat(GOVERNANCE.apply(change("bob", "set person alice roles admin"), NOW))
                .as("then nobody is left for prod/")
                .isInstanceOf(Amendment.To.class);
        assertThat(impossible("revoke person bob", "revoke person dave"))
                .as("neither the registry's two nor recovery's two are left")
                .containsExactly(
                        new Objection.DeadEnd(Scope.REGISTRY, 2, 1), new Objection.DeadEnd(Scope.RECOVERY, 2, 1));
    }

    @Test
    void whereNobodyCanMeetAGuardTheRegistrysDecidesWhatReplacesIt() throws ChangeException {
        Governance before = governance("""
                cairn-governance-1
                person alice roles admin,ops
                key alice %s
                person bob roles admin
                key bob %s
                person carol
                key carol %s
                person dave until 2026-11-26T03:00:00Z
                key dave %s
                guard registry threshold 2 people - roles admin author counts keys any valid 604800
                guard prefix prod/ threshold 1 people carol roles - author counts keys any valid 604800
                guard prefix prod/pay/ threshold 1 people dave roles - author counts keys any valid 604800
                """);
        for (String line : List.of(
                "remove guard prefix prod/pay/",
                "set open prefix prod/pay/x",
                "set guard prefix prod/pay/ threshold 1 people carol roles - author counts keys any valid 60")) {
            AdminChange change = change("carol", line);
            Decider decider = new Decider(CHAIN, before);
            List<VerifiedSignature> carols = List.of(signed(CAROL, Purpose.ADMIN, change.text()));
            assertThat(refused(decider.decide(change, carols, NOW)))
                    .as("%s, by the owner of prod/ alone", line)
                    .extracting(Objection::sentence)
                    .containsExactly("the guard on the registry needs 2 more of 2 signatures; ask alice, bob");
            assertThat(refused(decider.decide(change, carols, NOW - 3600)))
                    .as("%s, while dave's time was not over", line)
                    .extracting(Objection::sentence)
                    .contains("the guard on \"prod/pay/\" needs 1 more of 1 signatures; ask dave");
        }
    }

    @Test
    void aKeyIsExchangedInOneChange() throws Exception {
        String fresh = line(TestKey.of(KeyKind.ED25519, 6));
        Amendment amendment = GOVERNANCE.apply(
                change(
                        "alice",
                        "revoke key bob " + BOB.publicKey().fingerprint(),
                        "set key bob " + fresh + " until 2030-01-01T00:00:00Z"),
                NOW);
        assertThat(amendment).isInstanceOf(Amendment.To.class);
        assertThat(((Amendment.To) amendment).governance().text().toUtf8())
                .contains("key bob " + line(BOB) + " revoked 2026-11-26T03:10:00Z\n")
                .contains("key bob " + fresh + " from 2026-11-26T03:10:00Z until 2030-01-01T00:00:00Z\n");
    }
}
