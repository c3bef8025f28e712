package dev.cairn.kv.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.TestKey;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Who may change what: sentences, each with real signatures. */
class DeciderTest {
    private static final Digest CHAIN = Digest.parse("ab".repeat(32));
    private static final long NOW = 1_000_000;
    private static final Lifetime ALWAYS = Lifetime.between(0, 10 * NOW);

    private static final TestKey ALICE = TestKey.of(KeyKind.ED25519, 1);
    private static final TestKey ALICES_DEVICE = TestKey.of(KeyKind.SK_ED25519, 2);
    private static final TestKey ALICES_SECOND = TestKey.of(KeyKind.ED25519, 3);
    private static final TestKey BOB = TestKey.of(KeyKind.SK_ECDSA_P256, 4);
    private static final TestKey CAROL = TestKey.of(KeyKind.ECDSA_P256, 5);
    private static final TestKey ROBOT = TestKey.of(KeyKind.ED25519, 6);
    private static final TestKey STRANGER = TestKey.of(KeyKind.ED25519, 7);

    private final List<Principal> principals = new ArrayList<>(List.of(
            principal("alice", Principal.Kind.PERSON, ALWAYS, ALICE, ALICES_DEVICE, ALICES_SECOND),
            principal("bob", Principal.Kind.PERSON, ALWAYS, BOB),
            principal("carol", Principal.Kind.PERSON, ALWAYS, CAROL),
            principal("robot", Principal.Kind.SERVICE, ALWAYS, ROBOT)));

    private static Principal principal(String name, Principal.Kind kind, Lifetime lifetime, TestKey... keys) {
        List<Principal.HeldKey> held = Stream.of(keys)
                .map(key -> new Principal.HeldKey(open(key), ALWAYS))
                .toList();
        return new Principal(new PrincipalName(name), kind, new TreeSet<>(Set.of(new Role("ops"))), held, lifetime);
    }

    private static SshPublicKey open(TestKey key) {
        try {
            return key.publicKey();
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Guard guard(String prefix, int threshold, boolean excludeAuthor, Set<KeyKind> kinds) {
        return new Guard(
                new Scope.OfPrefix(Bytes.utf8(prefix)),
                threshold,
                new TreeSet<>(),
                new TreeSet<>(Set.of(new Role("ops"))),
                excludeAuthor,
                kinds,
                3600);
    }

    private static Guard twoOf(String prefix) {
        return guard(prefix, 2, false, EnumSet.allOf(KeyKind.class));
    }

    private static Change change(String... keysDeleted) {
        List<ChangeOperation> operations = Stream.of(keysDeleted)
                .<ChangeOperation>map(key -> new ChangeOperation.Delete(Bytes.utf8(key)))
                .toList();
        return changeOf(operations);
    }

    private static Change changeOf(List<ChangeOperation> operations) {
        return new Change(CHAIN, 5, NOW - 60, NOW + 600, new PrincipalName("alice"), "Clean up", List.of(), operations);
    }

    private static VerifiedSignature signed(TestKey key, Purpose purpose, Bytes text) {
        try {
            return SshSignature.parse(key.sign(purpose.namespace(), text)).verify(open(key), purpose.namespace(), text);
        } catch (SshException e) {
            throw new IllegalStateException(e);
        }
    }

    private static VerifiedSignature authored(TestKey key, Change change) {
        return signed(key, Purpose.CHANGE, change.text());
    }

    private static VerifiedSignature approved(TestKey key, Change change) {
        return signed(key, Purpose.APPROVE, new Endorsement(Endorsement.Kind.APPROVAL, CHAIN, change.digest()).text());
    }

    private Decision decide(List<Guard> guards, Change change, VerifiedSignature... signatures) {
        return decideAt(NOW, guards, change, signatures);
    }

    private Decision decideAt(long now, List<Guard> guards, Change change, VerifiedSignature... signatures) {
        return new Decider(CHAIN, governance(guards)).decide(change, List.of(signatures), now);
    }

    /** Keys without a guard are open. */
    private Governance governance(List<Guard> guards) {
        return governance(new GuardTable(Optional.empty(), guards, List.of(Bytes.EMPTY)));
    }

    private Governance governance(GuardTable table) {
        return new Governance(new Registry(principals), table, Optional.empty(), Set.of(), 0);
    }

    private static void admitted(Decision decision, String... people) {
        assertThat(decision)
                .isEqualTo(new Decision.Admitted(
                        new TreeSet<>(Stream.of(people).map(PrincipalName::new).toList())));
    }

    private static Decision.Refused refused(Decision decision) {
        assertThat(decision).isInstanceOf(Decision.Refused.class);
        Decision.Refused refused = (Decision.Refused) decision;
        assertThat(Stream.concat(
                        refused.objections().stream().map(Objection::sentence),
                        refused.uncounted().stream().map(SignerRefusal::sentence)))
                .allMatch(sentence -> sentence.matches("[^\n]*; [^\n]*"));
        return refused;
    }

    private static Objection.SignaturesMissing missing(Decision decision) {
        return (Objection.SignaturesMissing) refused(decision).objections().getFirst();
    }

    @Test
    void twoOfThreePeople() {
        Change change = change("app/x");
        admitted(
                decide(List.of(twoOf("app/")), change, authored(ALICE, change), approved(BOB, change)), "alice", "bob");
        Objection.SignaturesMissing lacking = missing(decide(List.of(twoOf("app/")), change, authored(ALICE, change)));
        assertThat(lacking.scope()).isEqualTo(twoOf("app/").scope());
        assertThat(lacking.missing()).isOne();
        assertThat(lacking.from()).extracting(PrincipalName::text).containsExactly("bob", "carol");
        assertThat(lacking.sentence()).isEqualTo("the guard on \"app/\" needs 1 more of 2 signatures; ask bob, carol");
    }

    @Test
    void anOpenKeyNeedsItsAuthorOnly() {
        Change change = change("free/x");
        admitted(decide(List.of(twoOf("app/")), change, authored(ALICE, change)));
        assertThat(refused(decide(List.of(), change)).objections())
                .containsExactly(new Objection.NotSignedByAuthor(new PrincipalName("alice"), Purpose.CHANGE));
    }

    @Test
    void peopleAreCountedNotKeys() {
        Change change = change("app/x");
        Decision.Refused refused = refused(decide(
                List.of(twoOf("app/")),
                change,
                authored(ALICE, change),
                approved(ALICES_DEVICE, change),
                approved(ALICES_SECOND, change)));
        assertThat(refused.objections()).hasSize(1).allMatch(o -> o instanceof Objection.SignaturesMissing);
        assertThat(refused.uncounted()).containsExactly(new SignerRefusal.SamePersonTwice(new PrincipalName("alice")));
    }

    @Test
    void anAuthorWhoIsNotCountedNeedsTwoOthers() {
        Change change = change("app/x");
        List<Guard> guards = List.of(guard("app/", 2, true, EnumSet.allOf(KeyKind.class)));
        assertThat(missing(decide(guards, change, authored(ALICE, change), approved(BOB, change)))
                        .from())
                .containsExactly(new PrincipalName("carol"));
        admitted(
                decide(guards, change, authored(ALICE, change), approved(BOB, change), approved(CAROL, change)),
                "bob",
                "carol");
    }

    @Test
    void onlyPeopleCount() {
        Change change = change("app/x");
        assertThat(missing(decide(List.of(twoOf("app/")), change, authored(ALICE, change), approved(ROBOT, change)))
                        .missing())
                .isOne();
    }

    @Test
    void aGuardMayWantHardware() {
        Change change = change("app/x");
        List<Guard> guards = List.of(guard("app/", 2, false, EnumSet.of(KeyKind.SK_ED25519, KeyKind.SK_ECDSA_P256)));
        assertThat(missing(decide(guards, change, authored(ALICE, change), approved(BOB, change)))
                        .from())
                .containsExactly(new PrincipalName("alice"));
        admitted(
                decide(guards, change, authored(ALICE, change), approved(ALICES_DEVICE, change), approved(BOB, change)),
                "alice",
                "bob");
    }

    @Test
    void everyGuardThatIsTouchedMustBeContent() {
        List<Guard> guards = List.of(
                guard("app/", 1, false, EnumSet.allOf(KeyKind.class)),
                guard("app/secret/", 3, false, EnumSet.allOf(KeyKind.class)));
        Change range = changeOf(List.of(new ChangeOperation.DeleteRange(Bytes.utf8("app/a"), Bytes.utf8("app/t"))));
        assertThat(missing(decide(guards, range, authored(ALICE, range)))
                        .scope()
                        .name())
                .isEqualTo("\"app/secret/\"");
        Change beside = changeOf(List.of(new ChangeOperation.DeleteRange(Bytes.utf8("app/a"), Bytes.utf8("app/b"))));
        admitted(decide(guards, beside, authored(ALICE, beside)), "alice");
    }

    @Test
    void theTextsOwnBounds() {
        Change change = change("app/x");
        VerifiedSignature[] both = {authored(ALICE, change), approved(BOB, change)};
        List<Guard> guards = List.of(twoOf("app/"));
        assertThat(refused(decideAt(NOW - 61, guards, change, both)).objections())
                .containsExactly(new Objection.NotYetValid(NOW - 60));
        admitted(decideAt(NOW - 60, guards, change, both), "alice", "bob");
        admitted(decideAt(NOW + 599, guards, change, both), "alice", "bob");
        assertThat(refused(decideAt(NOW + 600, guards, change, both)).objections())
                .containsExactly(new Objection.Expired(NOW + 600));
        Guard strict = new Guard(
                new Scope.OfPrefix(Bytes.utf8("app/")),
                1,
                new TreeSet<>(),
                new TreeSet<>(Set.of(new Role("ops"))),
                false,
                EnumSet.allOf(KeyKind.class),
                659);
        assertThat(refused(decide(List.of(strict), change, both)).objections())
                .containsExactly(new Objection.ValidTooLong(strict.scope(), 660, 659));
        Digest other = Digest.parse("cd".repeat(32));
        Decision elsewhere = new Decider(other, governance(List.of())).decide(change, List.of(both), NOW);
        assertThat(refused(elsewhere).objections()).containsExactly(new Objection.WrongChain(other, CHAIN));
    }

    @Test
    void signaturesThatDoNotCountSayWhy() {
        Change change = change("app/x");
        Change other = change("app/y");
        principals.set(2, principal("carol", Principal.Kind.PERSON, ALWAYS.revokedAt(NOW), CAROL));
        principals.add(principal(
                "dave", Principal.Kind.PERSON, Lifetime.between(NOW + 1, 2 * NOW), TestKey.of(KeyKind.ED25519, 8)));
        Decision.Refused refused = refused(decide(
                List.of(twoOf("app/")),
                change,
                authored(ALICE, change),
                approved(STRANGER, change),
                approved(CAROL, change),
                approved(TestKey.of(KeyKind.ED25519, 8), change),
                approved(BOB, other),
                authored(BOB, change),
                authored(ALICES_SECOND, other),
                signed(BOB, Purpose.ADMIN, change.text()),
                signed(BOB, Purpose.APPROVE, change.text())));
        PrincipalName bob = new PrincipalName("bob");
        PrincipalName alice = new PrincipalName("alice");
        assertThat(refused.uncounted())
                .containsExactly(
                        new SignerRefusal.UnknownSigner(open(STRANGER).fingerprint()),
                        new SignerRefusal.RevokedSigner(
                                new PrincipalName("carol"), open(CAROL).fingerprint()),
                        new SignerRefusal.SignerOutOfTime(
                                new PrincipalName("dave"),
                                open(TestKey.of(KeyKind.ED25519, 8)).fingerprint()),
                        new SignerRefusal.OtherText(bob, Purpose.APPROVE),
                        new SignerRefusal.NotTheAuthor(bob, alice),
                        new SignerRefusal.OtherText(alice, Purpose.CHANGE),
                        new SignerRefusal.WrongPurpose(bob, Purpose.ADMIN.namespace()),
                        new SignerRefusal.OtherText(bob, Purpose.APPROVE));
        admitted(
                decide(
                        List.of(twoOf("app/")),
                        change,
                        authored(ALICE, change),
                        approved(STRANGER, change),
                        approved(BOB, other),
                        approved(BOB, change)),
                "alice",
                "bob");
    }

    @Test
    void whatCanNeverBeMetIsSaidAtOnce() {
        Change change = change("app/x");
        Guard four = guard("app/", 4, false, EnumSet.allOf(KeyKind.class));
        assertThat(refused(decide(List.of(four), change, authored(ALICE, change)))
                        .objections())
                .containsExactly(new Objection.OutOfReach(four.scope(), 4, 3));
        Registry registry = new Registry(principals);
        assertThat(four.deadEnd(registry, NOW))
                .hasValueSatisfying(end -> assertThat(end.sentence()).contains("never be met"));
        assertThat(twoOf("app/").deadEnd(registry, NOW)).isEmpty();
        assertThat(guard("app/", 3, false, EnumSet.of(KeyKind.SK_ED25519, KeyKind.SK_ECDSA_P256))
                        .deadEnd(registry, NOW))
                .isPresent();
    }

    @Test
    void anAuthorWhoIsNotCountedIsNotTheLastOneWanted() {
        Guard all = guard("app/", 3, true, EnumSet.allOf(KeyKind.class));
        assertThat(all.deadEnd(new Registry(principals), NOW))
                .as("the robot is no author of what wants somebody else than its author")
                .contains(new Objection.DeadEnd(all.scope(), 3, 3));
        principals.add(new Principal(
                new PrincipalName("dave"),
                Principal.Kind.PERSON,
                new TreeSet<>(),
                List.of(new Principal.HeldKey(open(STRANGER), ALWAYS)),
                ALWAYS));
        assertThat(all.deadEnd(new Registry(principals), NOW))
                .as("dave, who does not count anyway, is")
                .isEmpty();
    }

    @Test
    void whereNothingDecidesTheRegistrysGuardDoes() {
        Change change = change("app/x");
        Guard lastResort = new Guard(
                Scope.REGISTRY,
                2,
                new TreeSet<>(),
                new TreeSet<>(Set.of(new Role("ops"))),
                false,
                EnumSet.allOf(KeyKind.class),
                3600);
        Decider decider = new Decider(CHAIN, governance(new GuardTable(Optional.of(lastResort), List.of(), List.of())));
        assertThat(missing(decider.decide(change, List.of(authored(ALICE, change)), NOW))
                        .sentence())
                .isEqualTo("the guard on the registry needs 1 more of 2 signatures; ask bob, carol");
        admitted(decider.decide(change, List.of(authored(ALICE, change), approved(BOB, change)), NOW), "alice", "bob");
    }

    @Test
    void whereNothingDecidesAndThereIsNoLastResortNobodyWrites() {
        Decider decider = new Decider(
                CHAIN, governance(new GuardTable(Optional.empty(), List.of(), List.of(Bytes.utf8("free/")))));
        Change range = changeOf(List.of(new ChangeOperation.DeleteRange(Bytes.utf8("free/a"), Bytes.utf8("g"))));
        assertThat(refused(decider.decide(range, List.of(authored(ALICE, range)), NOW))
                        .objections())
                .containsExactly(new Objection.ClosedKey(Bytes.utf8("free/a")));
        Change within = change("free/a");
        admitted(decider.decide(within, List.of(authored(ALICE, within)), NOW));
    }

    @Test
    void aLongListOfObjectionsIsCut() {
        List<Guard> guards = IntStream.range(0, 100)
                .mapToObj(i -> twoOf("app/%02d".formatted(i)))
                .toList();
        Change all = changeOf(List.of(new ChangeOperation.DeleteRange(Bytes.utf8("app/"), Bytes.utf8("app0"))));
        assertThat(refused(decide(guards, all, authored(ALICE, all))).objections())
                .hasSize(Decision.MAX_LISTED)
                .last()
                .isEqualTo(new Objection.AndMore(100 - Decision.MAX_LISTED + 1));
    }

    @Test
    void aKeyHasOneHolder() {
        principals.add(principal("mallory", Principal.Kind.PERSON, ALWAYS, BOB));
        assertThatThrownBy(() -> new Registry(principals))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("already bob's");
    }

    @Test
    void manyGuardsThatWaitForSignaturesAreNoRefusalAndOneThatHidesBehindThemIs() {
        List<Objection> many = new ArrayList<>();
        for (int i = 0; i < 2 * Decision.MAX_LISTED; i++) {
            Scope scope = new Scope.OfPrefix(Bytes.utf8("p" + i));
            many.add(new Objection.SignaturesMissing(scope, 1, 0, new TreeSet<>(List.of(new PrincipalName("bob"))), 0));
        }
        assertThat(new Decision.Refused(many, List.of()).mayWait()).isTrue();

        many.add(new Objection.ClosedKey(Bytes.utf8("k")));
        Decision.Refused refused = new Decision.Refused(many, List.of());
        assertThat(refused.mayWait()).isFalse();
        assertThat(refused.objections()).hasSize(Decision.MAX_LISTED);
        assertThat(refused.objections().getLast())
                .isEqualTo(new Objection.AndMore(many.size() - Decision.MAX_LISTED + 1));
    }

    @Test
    void whoHoldsAMachinesKeyTooIsNotAnAuthorAndSomebodyElse() {
        Change change = new Change(
                CHAIN,
                5,
                NOW - 60,
                NOW + 600,
                new PrincipalName("robot"),
                "Clean up",
                List.of(),
                List.of(new ChangeOperation.Delete(Bytes.utf8("prod/a"))));
        List<VerifiedSignature> signatures = List.of(authored(ROBOT, change), approved(BOB, change));

        Decider excluding =
                new Decider(CHAIN, governance(List.of(guard("prod/", 1, true, EnumSet.allOf(KeyKind.class)))));
        assertThat(refused(excluding.decide(change, signatures, NOW)).objections())
                .containsExactly(new Objection.AuthorNoPerson(new PrincipalName("robot")));
        Decider counting =
                new Decider(CHAIN, governance(List.of(guard("prod/", 1, false, EnumSet.allOf(KeyKind.class)))));
        admitted(counting.decide(change, signatures, NOW), "bob");
    }
}
