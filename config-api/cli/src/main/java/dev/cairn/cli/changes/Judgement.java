package dev.cairn.cli.changes;

import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Decider;
import dev.cairn.kv.guard.Decision;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.Principal;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshRefusal;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;

/**
 * What signatures on a change are worth, as a replica would decide; nobody is asked.
 *
 * @param waiting what else is known of the change, by those signatures or by the ledger
 */
record Judgement(SignedText text, List<Signature> signatures, Decision decision, Waiting waiting) {
    /** What became of one signature. */
    sealed interface Signature {
        Evidence evidence();

        /** It counts. */
        record Counts(Evidence evidence, PrincipalName name, Purpose purpose, SshPublicKey key) implements Signature {}

        /** It takes back whatever else its signer has signed. */
        record Withdraws(Evidence evidence, PrincipalName name, SshPublicKey key) implements Signature {}

        /** It is valid, and counts for nothing here. */
        record Idle(Evidence evidence, String why) implements Signature {}

        /** It is no signature on this text. */
        record Invalid(Evidence evidence, String why) implements Signature {}
    }

    Judgement {
        signatures = List.copyOf(signatures);
    }

    /** @param nowSeconds the block time at which it is decided */
    static Judgement of(
            SignedText text, List<Evidence> evidence, Digest chain, Governance governance, long nowSeconds) {
        List<Checked> checked =
                evidence.stream().map(each -> Checked.of(text, each)).toList();
        NavigableSet<PrincipalName> withdrawn = withdrawn(checked, governance);
        Decider decider = new Decider(chain, governance);
        List<VerifiedSignature> counting = new ArrayList<>();
        List<Signature> signatures = new ArrayList<>();
        for (Checked each : checked) {
            switch (each) {
                case Checked.Bad(Evidence from, String why) -> signatures.add(new Signature.Invalid(from, why));
                case Checked.Good(Evidence from, VerifiedSignature signature) -> {
                    Optional<PrincipalName> signer = signer(signature, governance);
                    if (signer.filter(withdrawn::contains).isPresent()) {
                        signatures.add(takenBack(from, signature, signer.get()));
                    } else {
                        counting.add(signature);
                        signatures.add(worth(decider, text, from, signature, governance, nowSeconds));
                    }
                }
            }
        }
        return new Judgement(
                text, signatures, decider.decide(text, counting, nowSeconds), new Waiting(withdrawn, Optional.empty()));
    }

    /** A signature by itself. */
    private sealed interface Checked {
        record Good(Evidence evidence, VerifiedSignature signature) implements Checked {}

        record Bad(Evidence evidence, String why) implements Checked {}

        static Checked of(SignedText text, Evidence evidence) {
            try {
                return new Good(evidence, verify(text, evidence.armoured()));
            } catch (SshException e) {
                return new Bad(evidence, String.valueOf(e.getMessage()));
            }
        }
    }

    /** Who took their agreement back, which holds for all that they signed. */
    private static NavigableSet<PrincipalName> withdrawn(List<Checked> checked, Governance governance) {
        NavigableSet<PrincipalName> people = new TreeSet<>();
        for (Checked each : checked) {
            if (each instanceof Checked.Good(Evidence _, VerifiedSignature signature)
                    && signature.namespace().equals(Purpose.WITHDRAW.namespace())) {
                signer(signature, governance).ifPresent(people::add);
            }
        }
        return people;
    }

    private static Optional<PrincipalName> signer(VerifiedSignature signature, Governance governance) {
        return People.holder(governance, signature.key()).map(Principal::name);
    }

    /** By its own word on what it was made for, which the decision looks at. */
    private static VerifiedSignature verify(SignedText text, Bytes armoured) throws SshException {
        String namespace = SshSignature.parse(armoured).namespace();
        Purpose purpose = Arrays.stream(Purpose.values())
                .filter(each -> each.namespace().equals(namespace))
                .findFirst()
                .orElseThrow(() -> new SshException(
                        SshRefusal.WRONG_NAMESPACE,
                        "the signature was made for \"" + namespace + "\", which is no purpose of changes"));
        return SshKeygen.verify(armoured, namespace, signedText(text, purpose));
    }

    /** What a signature for that purpose is on. */
    static Bytes signedText(SignedText text, Purpose purpose) {
        return switch (purpose) {
            case CHANGE, ADMIN -> text.text();
            case APPROVE -> new Endorsement(Endorsement.Kind.APPROVAL, text.chain(), text.digest()).text();
            case WITHDRAW -> new Endorsement(Endorsement.Kind.WITHDRAWAL, text.chain(), text.digest()).text();
        };
    }

    private static Signature takenBack(Evidence from, VerifiedSignature signature, PrincipalName signer) {
        return signature.namespace().equals(Purpose.WITHDRAW.namespace())
                ? new Signature.Withdraws(from, signer, signature.key())
                : new Signature.Idle(from, new Objection.WithdrawnBefore(signer).sentence());
    }

    private static Signature worth(
            Decider decider,
            SignedText text,
            Evidence from,
            VerifiedSignature signature,
            Governance governance,
            long nowSeconds) {
        // Alone, so that it is known whose reason it is.
        Optional<SignerRefusal> refusal = switch (decider.decide(text, List.of(signature), nowSeconds)) {
            case Decision.Admitted _ -> Optional.empty();
            case Decision.Refused refused -> refused.uncounted().stream().findFirst();
        };
        if (refusal.isPresent()) {
            return new Signature.Idle(from, refusal.get().sentence());
        }
        PrincipalName name = signer(signature, governance)
                .orElseThrow(() -> new IllegalStateException("a signature counts whose key is nobody's"));
        Purpose purpose = Arrays.stream(Purpose.values())
                .filter(each -> each.namespace().equals(signature.namespace()))
                .findFirst()
                .orElseThrow();
        return new Signature.Counts(from, name, purpose, signature.key());
    }

    /** What somebody has said of the change. */
    record Said(PrincipalName name, Purpose purpose, Evidence evidence) {}

    /** By what {@code signer} has said as much already: another signature for that purpose would add nothing. */
    Optional<Said> saidBefore(Signing.Owner signer, Purpose purpose) {
        List<Said> said = new ArrayList<>();
        for (Signature each : signatures) {
            switch (each) {
                case Signature.Counts(Evidence by, PrincipalName name, Purpose then, SshPublicKey key) -> {
                    if (purpose == Purpose.APPROVE && new Signing.Owner(name, key.kind()).equals(signer)) {
                        said.add(new Said(name, then, by));
                    }
                }
                case Signature.Withdraws(Evidence by, PrincipalName name, SshPublicKey _) -> {
                    if (purpose == Purpose.WITHDRAW && name.equals(signer.name())) {
                        said.add(new Said(name, Purpose.WITHDRAW, by));
                    }
                }
                case Signature.Idle _, Signature.Invalid _ -> {}
            }
        }
        return said.stream().findFirst();
    }

    boolean counts(PrincipalName name) {
        return signatures.stream()
                .anyMatch(each ->
                        each instanceof Signature.Counts counts && counts.name().equals(name));
    }

    /** The same with what else is known of the change. */
    Judgement knowing(Waiting more) {
        return new Judgement(text, signatures, decision, waiting.and(more));
    }

    /** The same with more against it. */
    Judgement andAlso(List<Objection> more) {
        Decision all = decision;
        for (Objection objection : more) {
            all = all.andAlso(objection);
        }
        return new Judgement(text, signatures, all, waiting);
    }

    /** What stands against it; empty if it would be executed. */
    List<Objection> objections() {
        return switch (decision) {
            case Decision.Admitted _ -> List.of();
            case Decision.Refused refused -> refused.objections();
        };
    }

    /** The same for people, who are asked for nothing in vain. */
    List<Waiting.Obstacle> obstacles() {
        return waiting.obstacles(objections());
    }

    boolean isAdmitted() {
        return decision instanceof Decision.Admitted && waiting.stuck().isEmpty();
    }

    /** Whether all that stands against it is that signatures are missing, which can still come. */
    boolean onlyWaits() {
        return obstacles().stream().allMatch(Waiting.Obstacle::mayCome);
    }

    /** Whether it is its author's and nothing but others' signatures is missing, which the cluster can wait for. */
    boolean canBeSubmitted() {
        return !hasInvalid()
                && waiting.stuck().isEmpty()
                && objections().stream().allMatch(objection -> objection instanceof Objection.SignaturesMissing);
    }

    boolean hasInvalid() {
        return signatures.stream().anyMatch(Signature.Invalid.class::isInstance);
    }

    int exitCode() {
        if (hasInvalid() || !(isAdmitted() || onlyWaits())) {
            return Exits.REFUSED;
        }
        return isAdmitted() ? Exits.DONE : Exits.MISSING;
    }
}
