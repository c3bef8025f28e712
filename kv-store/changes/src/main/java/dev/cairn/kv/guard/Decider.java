package dev.cairn.kv.guard;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeLimits;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.KeyKind;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.SequencedSet;
import java.util.Set;
import java.util.TreeSet;

/** Decides on signed changes of one chain, from nothing but what it is given. */
public final class Decider {
    private final Digest chain;
    private final Registry registry;
    private final GuardTable guards;
    private final Optional<Guard> recovery;

    public Decider(Digest chain, Governance governance) {
        this.chain = chain;
        this.registry = governance.registry();
        this.guards = governance.guards();
        this.recovery = governance.recovery();
    }

    /** A signature that counts: whose, with what kind of key, and whether as the author. */
    private record Vote(Principal signer, KeyKind keyKind, boolean asAuthor) {}

    /** What became of one signature. */
    private sealed interface Judged {
        record Counted(Vote vote) implements Judged {}

        record Uncounted(SignerRefusal reason) implements Judged {}
    }

    /**
     * Decides whether {@code change} has the signatures it needs. A signature that does not count is no objection: nobody
     * can spoil a change by adding one.
     *
     * @param signatures the author's and others', in any order
     * @param nowSeconds the time of the block that executes it, whole seconds since 1970, rounded down
     */
    public Decision decide(SignedText text, List<VerifiedSignature> signatures, long nowSeconds) {
        return decide(text, text.digest(), signatures, nowSeconds);
    }

    /** The same, for callers that have the digest of the text. */
    public Decision decide(SignedText text, Digest digest, List<VerifiedSignature> signatures, long nowSeconds) {
        List<Vote> votes = new ArrayList<>();
        List<SignerRefusal> uncounted = new ArrayList<>();
        Texts texts = new Texts(digest, new Endorsement(Endorsement.Kind.APPROVAL, chain, digest).textDigest());
        for (VerifiedSignature signature : signatures) {
            switch (judge(text, texts, signature, votes, nowSeconds)) {
                case Judged.Counted(Vote vote) -> votes.add(vote);
                case Judged.Uncounted(SignerRefusal reason) -> uncounted.add(reason);
            }
        }
        List<Objection> objections = new ArrayList<>(objectionsToText(text, nowSeconds));
        if (votes.stream().noneMatch(Vote::asAuthor)) {
            objections.add(new Objection.NotSignedByAuthor(text.author(), text.purpose()));
        }
        Electors electors = new Electors(registry, nowSeconds);
        return switch (text) {
            case Change change -> {
                firstClosedKey(change).ifPresent(objections::add);
                SequencedSet<Guard> deciding = decidingOn(change);
                if (deciding.stream().anyMatch(Guard::excludeAuthor)) {
                    objectionToAuthor(change).ifPresent(objections::add);
                }
                if (deciding.isEmpty()) {
                    objectionToValidity(change).ifPresent(objections::add);
                }
                yield hear(deciding, text, votes, electors).decision(objections, uncounted);
            }
            case AdminChange change -> decideOnAdmin(change, votes, objections, uncounted, electors);
        };
    }

    private Decision decideOnAdmin(
            AdminChange change,
            List<Vote> votes,
            List<Objection> toText,
            List<SignerRefusal> uncounted,
            Electors electors) {
        Optional<Principal> author = registry.principal(change.author());
        objectionToAuthor(change).ifPresent(toText::add);
        Set<Ruling> deciding = decidingOn(change, electors);
        Hearing usual = hear(guards(deciding), change, votes, electors);
        if (deciding.contains(new Ruling.Closed())) {
            usual.objections().add(new Objection.ClosedRegistry());
        }
        boolean mayRecover =
                recovery.isPresent() && author.isPresent() && recovery.get().names(author.get());
        if (usual.objections().isEmpty() || !mayRecover) {
            return usual.decision(toText, uncounted);
        }
        Hearing instead = hear(List.of(recovery.get()), change, votes, electors);
        if (!instead.objections().isEmpty()) {
            usual.objections().addAll(instead.objections());
            return usual.decision(toText, uncounted);
        }
        return instead.decision(toText, uncounted);
    }

    /** Where another than the author must sign, the author is a person too: the key of a machine makes nobody a second one. */
    private Optional<Objection> objectionToAuthor(SignedText text) {
        return registry.principal(text.author())
                .filter(author -> !author.isPerson())
                .map(_ -> new Objection.AuthorNoPerson(text.author()));
    }

    private static Optional<Objection> objectionToValidity(Change change) {
        long seconds = change.expiresSeconds() - change.validFromSeconds();
        long most = ChangeLimits.MAX_OPEN_VALIDITY_SECONDS;
        return seconds > most ? Optional.of(new Objection.OpenTooLong(seconds, most)) : Optional.empty();
    }

    /** What some guards say: who counted, and what they miss. */
    private record Hearing(NavigableSet<PrincipalName> people, List<Objection> objections) {
        Decision decision(List<Objection> toText, List<SignerRefusal> uncounted) {
            List<Objection> all = new ArrayList<>(toText);
            all.addAll(objections);
            return all.isEmpty() ? new Decision.Admitted(people) : new Decision.Refused(all, uncounted);
        }
    }

    private static Hearing hear(Collection<Guard> deciding, SignedText text, List<Vote> votes, Electors electors) {
        Hearing hearing = new Hearing(new TreeSet<>(), new ArrayList<>());
        for (Guard guard : deciding) {
            NavigableSet<PrincipalName> counted = counted(guard, text, votes);
            hearing.people().addAll(counted);
            objectionOf(guard, text, counted, electors).ifPresent(hearing.objections()::add);
        }
        return hearing;
    }

    /** The digests of the two texts that may have been signed. */
    private record Texts(Digest change, Digest approval) {}

    private Judged judge(
            SignedText change, Texts texts, VerifiedSignature signature, List<Vote> before, long nowSeconds) {
        Optional<Registry.Holding> found = registry.holderOf(signature.key().blob());
        if (found.isEmpty()) {
            return new Judged.Uncounted(
                    new SignerRefusal.UnknownSigner(signature.key().fingerprint()));
        }
        Principal signer = found.get().principal();
        boolean asAuthor = signature.namespace().equals(change.purpose().namespace());
        Optional<SignerRefusal> refusal = found.get()
                .outOfTime(nowSeconds)
                .or(() -> asAuthor
                        ? refusalAsAuthor(change, texts, signer, signature)
                        : refusalAsApproval(texts, signer, signature));
        if (refusal.isPresent()) {
            return new Judged.Uncounted(refusal.get());
        }
        Vote vote = new Vote(signer, signature.key().kind(), asAuthor);
        boolean addsNothing = before.stream()
                .anyMatch(other -> other.signer().equals(signer)
                        && other.keyKind() == vote.keyKind()
                        && (other.asAuthor() || !vote.asAuthor()));
        return addsNothing
                ? new Judged.Uncounted(new SignerRefusal.SamePersonTwice(signer.name()))
                : new Judged.Counted(vote);
    }

    private static Optional<SignerRefusal> refusalAsAuthor(
            SignedText change, Texts texts, Principal signer, VerifiedSignature signature) {
        if (!signature.messageDigest().equals(texts.change())) {
            return Optional.of(new SignerRefusal.OtherText(signer.name(), change.purpose()));
        }
        return signer.name().equals(change.author())
                ? Optional.empty()
                : Optional.of(new SignerRefusal.NotTheAuthor(signer.name(), change.author()));
    }

    private static Optional<SignerRefusal> refusalAsApproval(
            Texts texts, Principal signer, VerifiedSignature signature) {
        if (!signature.namespace().equals(Purpose.APPROVE.namespace())) {
            return Optional.of(new SignerRefusal.WrongPurpose(signer.name(), signature.namespace()));
        }
        return signature.messageDigest().equals(texts.approval())
                ? Optional.empty()
                : Optional.of(new SignerRefusal.OtherText(signer.name(), Purpose.APPROVE));
    }

    /** What stands against the text by itself, whoever signs it: the chain, the times. */
    public List<Objection> objectionsToText(SignedText change, long nowSeconds) {
        List<Objection> objections = new ArrayList<>();
        if (!change.chain().equals(chain)) {
            objections.add(new Objection.WrongChain(chain, change.chain()));
        }
        if (nowSeconds < change.validFromSeconds()) {
            objections.add(new Objection.NotYetValid(change.validFromSeconds()));
        }
        if (nowSeconds >= change.expiresSeconds()) {
            objections.add(new Objection.Expired(change.expiresSeconds()));
        }
        return objections;
    }

    private Optional<Objection> firstClosedKey(Change change) {
        return change.operations().stream()
                .map(ChangeOperation::span)
                .filter(span -> guards.rulings(span).contains(new Ruling.Closed()))
                .findFirst()
                .map(span -> new Objection.ClosedKey(span.from()));
    }

    /** Every guard that decides on a key that the change may write, those without a record there included. */
    private SequencedSet<Guard> decidingOn(Change change) {
        SequencedSet<Ruling> all = new LinkedHashSet<>();
        change.operations().forEach(operation -> all.addAll(guards.rulings(operation.span())));
        return guards(all);
    }

    private SequencedSet<Ruling> decidingOn(AdminChange change, Electors electors) {
        Authority authority = new Authority(guards, electors);
        SequencedSet<Ruling> all = new LinkedHashSet<>();
        change.operations().forEach(operation -> all.add(authority.over(operation)));
        return all;
    }

    private static SequencedSet<Guard> guards(Collection<Ruling> rulings) {
        SequencedSet<Guard> all = new LinkedHashSet<>();
        for (Ruling ruling : rulings) {
            if (ruling instanceof Ruling.Guarded(Guard guard)) {
                all.add(guard);
            }
        }
        return all;
    }

    private static NavigableSet<PrincipalName> counted(Guard guard, SignedText change, List<Vote> votes) {
        NavigableSet<PrincipalName> people = new TreeSet<>();
        for (Vote vote : votes) {
            if (guard.keyKinds().contains(vote.keyKind()) && guard.counts(vote.signer(), change.author())) {
                people.add(vote.signer().name());
            }
        }
        return people;
    }

    private static Optional<Objection> objectionOf(
            Guard guard, SignedText change, NavigableSet<PrincipalName> counted, Electors electors) {
        long validitySeconds = change.expiresSeconds() - change.validFromSeconds();
        if (validitySeconds > guard.maxValiditySeconds()) {
            return Optional.of(new Objection.ValidTooLong(guard.scope(), validitySeconds, guard.maxValiditySeconds()));
        }
        if (counted.size() >= guard.threshold()) {
            return Optional.empty();
        }
        NavigableSet<PrincipalName> able = electors.able(guard, change.author());
        return Optional.of(
                able.size() < guard.threshold()
                        ? new Objection.OutOfReach(guard.scope(), guard.threshold(), able.size())
                        : Objection.SignaturesMissing.of(guard, counted, able));
    }
}
