package dev.cairn.kv.change;

import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.Scope;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/** The one text of what stands against a change, as it is kept and hashed: a line for each, objections first. */
public final class VerdictText {
    private static final String WHAT = "the verdict";
    private static final String UNCOUNTED = "uncounted";

    private VerdictText() {}

    public record Verdict(List<Objection> objections, List<SignerRefusal> uncounted) {
        public static final Verdict NONE = new Verdict(List.of(), List.of());

        public Verdict {
            objections = List.copyOf(objections);
            uncounted = List.copyOf(uncounted);
        }
    }

    /** Empty if there is nothing to say. */
    public static Bytes print(List<Objection> objections, List<SignerRefusal> uncounted) {
        StringBuilder out = new StringBuilder();
        objections.forEach(objection -> out.append(line(objection)).append('\n'));
        uncounted.forEach(refusal ->
                out.append(UNCOUNTED).append(' ').append(line(refusal)).append('\n'));
        return Bytes.utf8(out.toString());
    }

    private static String line(Objection objection) {
        return switch (objection) {
            case Objection.WrongChain wrong ->
                "wrong-chain " + wrong.found().toHex() + " expected "
                        + wrong.expected().toHex();
            case Objection.NotYetValid not -> "not-yet-valid " + UtcTime.print(not.validFromSeconds());
            case Objection.Expired expired -> "expired " + UtcTime.print(expired.expiresSeconds());
            case Objection.NotSignedByAuthor not ->
                "not-signed " + not.author() + " " + not.purpose().namespace();
            case Objection.AuthorNoPerson author -> "no-person " + author.author();
            case Objection.ClosedKey closed -> "closed-key " + Words.printKey(closed.key());
            case Objection.ClosedRegistry _ -> "closed-registry";
            case Objection.ValidTooLong valid ->
                "valid-too-long " + GovernancePhrases.scope(valid.scope()) + " have " + valid.validitySeconds()
                        + " most " + valid.mostSeconds();
            case Objection.OpenTooLong open ->
                "open-too-long " + open.validitySeconds() + " most " + open.mostSeconds();
            case Objection.SignaturesMissing missing ->
                "missing " + GovernancePhrases.scope(missing.scope()) + " threshold " + missing.threshold() + " have "
                        + missing.have() + " from " + Phrase.printList(missing.from())
                        + (missing.others() > 0 ? " and " + missing.others() : "");
            case Objection.OutOfReach out ->
                "out-of-reach " + GovernancePhrases.scope(out.scope()) + " threshold " + out.threshold() + " reachable "
                        + out.reachable();
            case Objection.DeadEnd end ->
                "dead-end " + GovernancePhrases.scope(end.scope()) + " threshold " + end.threshold() + " able "
                        + end.able();
            case Objection.UnknownPrincipal unknown -> "unknown-principal " + unknown.name();
            case Objection.OtherKind other ->
                "other-kind " + other.name() + " " + other.kind().word();
            case Objection.KeyOfAnother key -> "key-of-another " + key.key() + " " + key.holder();
            case Objection.UnknownKey unknown -> "unknown-key " + unknown.holder() + " " + unknown.key();
            case Objection.TooManyKeys many -> "too-many-keys " + many.holder() + " most " + many.most();
            case Objection.RewritesPast past -> "rewrites-past " + past.name();
            case Objection.NoSuchGuard no -> "no-guard " + GovernancePhrases.scope(no.scope());
            case Objection.NotOpen not -> "not-open " + GovernancePhrases.prefix(not.scope());
            case Objection.GovernanceTooLarge large ->
                "governance-too-large " + large.bytes() + " most " + large.mostBytes();
            case Objection.GovernanceChanged changed ->
                "governance-changed " + changed.changedRevision() + " base " + changed.baseRevision();
            case Objection.BaseCompacted base ->
                "base-compacted " + base.baseRevision() + " at " + base.compactedRevision();
            case Objection.BaseAhead base -> "base-ahead " + base.baseRevision() + " at " + base.revision();
            case Objection.Conflict conflict ->
                "conflict " + ChangeText.print(conflict.expected()) + " found " + conflict.foundRevision();
            case Objection.KeepsRevisions keeps ->
                "keeps-revisions " + keeps.revision() + " most " + keeps.mostRevision();
            case Objection.WithdrawnBefore withdrawn -> "withdrawn-before " + withdrawn.name();
            case Objection.ValuesMissing missing ->
                "values-missing " + missing.count() + " first " + Words.printKey(missing.key());
            case Objection.AndMore more -> "and-more " + more.count();
        };
    }

    private static String line(SignerRefusal refusal) {
        return switch (refusal) {
            case SignerRefusal.UnknownSigner unknown -> "unknown " + unknown.key();
            case SignerRefusal.RevokedSigner revoked -> "revoked " + revoked.name() + " " + revoked.key();
            case SignerRefusal.SignerOutOfTime out -> "out-of-time " + out.name() + " " + out.key();
            case SignerRefusal.OtherText other ->
                "other-text " + other.name() + " " + other.purpose().namespace();
            case SignerRefusal.WrongPurpose wrong ->
                "wrong-purpose " + wrong.name() + " " + Words.printKey(Bytes.utf8(wrong.namespace()));
            case SignerRefusal.NotTheAuthor not -> "not-the-author " + not.name() + " " + not.author();
            case SignerRefusal.SamePersonTwice twice -> "twice " + twice.name();
            case SignerRefusal.AndMore more -> "and-more " + more.count();
        };
    }

    /** Reads the text; refuses everything that {@link #print} would not have written. */
    public static Verdict parse(Bytes text) throws ChangeException {
        if (text.isEmpty()) {
            return Verdict.NONE;
        }
        Lines in = Lines.of(WHAT, text);
        List<Objection> objections = new ArrayList<>();
        List<SignerRefusal> uncounted = new ArrayList<>();
        try {
            while (in.hasNext()) {
                Phrase line = in.nextPhrase();
                if (line.takes(UNCOUNTED)) {
                    uncounted.add(refusal(line));
                } else {
                    objections.add(objection(line));
                }
                line.requireEnd();
            }
        } catch (IllegalArgumentException e) {
            throw new ChangeException(ChangeRefusal.NOT_CANONICAL, WHAT + ": " + e.getMessage());
        }
        Lines.requireSame(WHAT, text, print(objections, uncounted));
        return new Verdict(objections, uncounted);
    }

    private static Objection objection(Phrase in) throws ChangeException {
        String what = in.word();
        return switch (what) {
            case "wrong-chain" -> {
                var found = in.digest();
                in.require("expected");
                yield new Objection.WrongChain(in.digest(), found);
            }
            case "not-yet-valid" -> new Objection.NotYetValid(in.time());
            case "expired" -> new Objection.Expired(in.time());
            case "not-signed" -> new Objection.NotSignedByAuthor(in.name(), purpose(in));
            case "no-person" -> new Objection.AuthorNoPerson(in.name());
            case "closed-key" -> new Objection.ClosedKey(in.key());
            case "closed-registry" -> new Objection.ClosedRegistry();
            case "valid-too-long" ->
                new Objection.ValidTooLong(GovernancePhrases.scope(in), in.numberAfter("have"), in.numberAfter("most"));
            case "open-too-long" -> new Objection.OpenTooLong(in.number(), in.numberAfter("most"));
            case "missing" -> missing(in);
            case "out-of-reach" ->
                new Objection.OutOfReach(
                        GovernancePhrases.scope(in), in.smallAfter("threshold"), in.smallAfter("reachable"));
            case "dead-end" ->
                new Objection.DeadEnd(GovernancePhrases.scope(in), in.smallAfter("threshold"), in.smallAfter("able"));
            case "unknown-principal" -> new Objection.UnknownPrincipal(in.name());
            case "other-kind" -> new Objection.OtherKind(in.name(), kind(in));
            case "key-of-another" -> new Objection.KeyOfAnother(in.fingerprint(), in.name());
            case "unknown-key" -> new Objection.UnknownKey(in.name(), in.fingerprint());
            case "too-many-keys" -> new Objection.TooManyKeys(in.name(), in.smallAfter("most"));
            case "rewrites-past" -> new Objection.RewritesPast(in.name());
            case "no-guard" -> new Objection.NoSuchGuard(GovernancePhrases.scope(in));
            case "not-open" -> new Objection.NotOpen(GovernancePhrases.prefix(in));
            case "governance-too-large" -> new Objection.GovernanceTooLarge(in.smallNumber(), in.smallAfter("most"));
            case "governance-changed" -> {
                long changed = in.number();
                yield new Objection.GovernanceChanged(in.numberAfter("base"), changed);
            }
            case "base-compacted" -> new Objection.BaseCompacted(in.number(), in.numberAfter("at"));
            case "base-ahead" -> new Objection.BaseAhead(in.number(), in.numberAfter("at"));
            case "conflict" -> new Objection.Conflict(precondition(in), in.numberAfter("found"));
            case "keeps-revisions" -> new Objection.KeepsRevisions(in.number(), in.numberAfter("most"));
            case "withdrawn-before" -> new Objection.WithdrawnBefore(in.name());
            case "values-missing" -> {
                int count = in.smallNumber();
                in.require("first");
                yield new Objection.ValuesMissing(count, in.key());
            }
            case "and-more" -> new Objection.AndMore(in.smallNumber());
            default -> throw in.wrong("is no objection");
        };
    }

    private static Objection missing(Phrase in) throws ChangeException {
        Scope scope = GovernancePhrases.scope(in);
        int threshold = in.smallAfter("threshold");
        int have = in.smallAfter("have");
        in.require("from");
        NavigableSet<PrincipalName> from = new TreeSet<>(in.names());
        return new Objection.SignaturesMissing(scope, threshold, have, from, in.takes("and") ? in.smallNumber() : 0);
    }

    private static Precondition precondition(Phrase in) throws ChangeException {
        Bytes key = in.key();
        if (in.takes("absent")) {
            return new Precondition.Absent(key);
        }
        if (in.takes("revision")) {
            return new Precondition.LastWrittenAt(key, in.number());
        }
        in.require("value");
        return new Precondition.HasValue(key, in.digest());
    }

    private static SignerRefusal refusal(Phrase in) throws ChangeException {
        String what = in.word();
        return switch (what) {
            case "unknown" -> new SignerRefusal.UnknownSigner(in.fingerprint());
            case "revoked" -> new SignerRefusal.RevokedSigner(in.name(), in.fingerprint());
            case "out-of-time" -> new SignerRefusal.SignerOutOfTime(in.name(), in.fingerprint());
            case "other-text" -> new SignerRefusal.OtherText(in.name(), purpose(in));
            case "wrong-purpose" ->
                new SignerRefusal.WrongPurpose(in.name(), in.key().toUtf8());
            case "not-the-author" -> new SignerRefusal.NotTheAuthor(in.name(), in.name());
            case "twice" -> new SignerRefusal.SamePersonTwice(in.name());
            case "and-more" -> new SignerRefusal.AndMore(in.smallNumber());
            default -> throw in.wrong("is no reason why a signature does not count");
        };
    }

    private static Purpose purpose(Phrase in) throws ChangeException {
        String word = in.word();
        return Arrays.stream(Purpose.values())
                .filter(purpose -> purpose.namespace().equals(word))
                .findFirst()
                .orElseThrow(() -> in.wrong("names no purpose: \"" + word + "\""));
    }

    private static Principal.Kind kind(Phrase in) throws ChangeException {
        String word = in.word();
        return Principal.Kind.named(word).orElseThrow(() -> in.wrong("names no kind: \"" + word + "\""));
    }
}
