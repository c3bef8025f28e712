package dev.cairn.kv.change;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.Fingerprint;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import java.util.stream.IntStream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** What stands against a change has one text. */
class VerdictTextTest {
    private static final Digest ONE = Digest.parse("ab".repeat(32));
    private static final Digest OTHER = Digest.parse("cd".repeat(32));
    private static final PrincipalName BOB = new PrincipalName("bob");
    private static final PrincipalName EVE = new PrincipalName("eve");
    private static final Fingerprint KEY = new Fingerprint(ONE);
    private static final Scope.OfPrefix PROD = new Scope.OfPrefix(Bytes.utf8("prod %/"));

    private static NavigableSet<PrincipalName> names(int count) {
        NavigableSet<PrincipalName> names = new TreeSet<>();
        IntStream.range(0, count).forEach(i -> names.add(new PrincipalName("p" + i)));
        return names;
    }

    private static final List<Objection> OBJECTIONS = List.of(
            new Objection.WrongChain(ONE, OTHER),
            new Objection.NotYetValid(1_795_662_000),
            new Objection.Expired(1_795_662_001),
            new Objection.NotSignedByAuthor(BOB, Purpose.ADMIN),
            new Objection.AuthorNoPerson(BOB),
            new Objection.ClosedKey(Bytes.wrap(new byte[] {0, ' '})),
            new Objection.ClosedRegistry(),
            new Objection.ValidTooLong(Scope.REGISTRY, 61, 60),
            new Objection.OpenTooLong(61, 60),
            new Objection.SignaturesMissing(PROD, 2, 1, names(2), 0),
            new Objection.SignaturesMissing(Scope.EVERYTHING, 12, 0, names(10), 5),
            new Objection.OutOfReach(Scope.RECOVERY, 3, 2),
            new Objection.DeadEnd(PROD, 3, 0),
            new Objection.UnknownPrincipal(BOB),
            new Objection.OtherKind(BOB, Principal.Kind.GATEWAY),
            new Objection.KeyOfAnother(KEY, BOB),
            new Objection.UnknownKey(BOB, KEY),
            new Objection.TooManyKeys(BOB, 32),
            new Objection.RewritesPast(BOB),
            new Objection.NoSuchGuard(Scope.RECOVERY),
            new Objection.NotOpen(PROD),
            new Objection.GovernanceTooLarge(101, 100),
            new Objection.GovernanceChanged(4, 5),
            new Objection.BaseCompacted(4, 5),
            new Objection.BaseAhead(6, 5),
            new Objection.Conflict(new Precondition.Absent(Bytes.utf8("a b")), 7),
            new Objection.Conflict(new Precondition.LastWrittenAt(Bytes.utf8("a"), 3), 0),
            new Objection.Conflict(new Precondition.HasValue(Bytes.utf8("a"), ONE), 7),
            new Objection.KeepsRevisions(9, 8),
            new Objection.WithdrawnBefore(new PrincipalName("bob")),
            new Objection.ValuesMissing(3, Bytes.utf8("a b")),
            new Objection.AndMore(3));

    private static final List<SignerRefusal> REFUSALS = List.of(
            new SignerRefusal.UnknownSigner(KEY),
            new SignerRefusal.RevokedSigner(BOB, KEY),
            new SignerRefusal.SignerOutOfTime(BOB, KEY),
            new SignerRefusal.OtherText(BOB, Purpose.APPROVE),
            new SignerRefusal.WrongPurpose(BOB, "git"),
            new SignerRefusal.NotTheAuthor(BOB, EVE),
            new SignerRefusal.SamePersonTwice(BOB),
            new SignerRefusal.AndMore(2));

    @Provide
    Arbitrary<List<Objection>> objections() {
        return Arbitraries.of(OBJECTIONS).list().ofMaxSize(4);
    }

    @Provide
    Arbitrary<List<SignerRefusal>> refusals() {
        return Arbitraries.of(REFUSALS).list().ofMaxSize(3);
    }

    @Provide
    Arbitrary<Mutation> mutations() {
        return Mutation.any();
    }

    @Example
    void theExamplesAreOfAllKinds() throws ChangeException {
        assertThat(OBJECTIONS.stream().map(Object::getClass))
                .containsOnly(Objection.class.getPermittedSubclasses())
                .contains(Objection.class.getPermittedSubclasses());
        assertThat(REFUSALS.stream().map(Object::getClass)).contains(SignerRefusal.class.getPermittedSubclasses());
        assertThat(VerdictText.parse(VerdictText.print(OBJECTIONS, REFUSALS)))
                .isEqualTo(new VerdictText.Verdict(OBJECTIONS, REFUSALS));
        assertThat(OBJECTIONS)
                .allSatisfy(objection -> assertThat(objection.sentence()).matches("[^\n]*; [^\n]*"));
        assertThat(REFUSALS)
                .allSatisfy(refusal -> assertThat(refusal.sentence()).matches("[^\n]*; [^\n]*"));
    }

    @Example
    void aLineSaysWhatIsMissing() {
        assertThat(VerdictText.print(
                                List.of(new Objection.SignaturesMissing(PROD, 2, 1, names(2), 0)),
                                List.of(new SignerRefusal.SamePersonTwice(BOB)))
                        .toUtf8())
                .isEqualTo("missing prefix prod%20%25/ threshold 2 have 1 from p0,p1\nuncounted twice bob\n");
    }

    @Property(tries = 2000)
    void aMutatedTextIsRefusedOrIsAnothersOneText(
            @ForAll("objections") List<Objection> objections,
            @ForAll("refusals") List<SignerRefusal> refusals,
            @ForAll("mutations") Mutation mutation) {
        Bytes text = mutation.of(VerdictText.print(objections, refusals));
        VerdictText.Verdict read;
        try {
            read = VerdictText.parse(text);
        } catch (ChangeException e) {
            assertThat(e.getMessage()).doesNotContain("\n");
            return;
        }
        assertThat(VerdictText.print(read.objections(), read.uncounted())).isEqualTo(text);
    }
}
