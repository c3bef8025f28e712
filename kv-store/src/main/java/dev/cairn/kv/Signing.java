package dev.cairn.kv;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.Fingerprint;
import dev.cairn.ssh.SignedMessage;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** Signatures, held against those who are registered now. */
final class Signing {
    private final Draft draft;

    Signing(Draft draft) {
        this.draft = draft;
    }

    /** What a signature is worth by itself. */
    sealed interface Checked {
        /** Of a registered principal, whose key is valid now. */
        record Good(PrincipalName signer, VerifiedSignature signature) implements Checked {}

        record Uncounted(SignerRefusal why) implements Checked {}

        /** It is none on this text for this purpose. */
        record Bad() implements Checked {}
    }

    /** @param message what it must be a signature on: the change's text itself, or an {@link #endorsement} */
    Checked check(ChangeRecord.Taken taken, SignedMessage message) {
        return verify(taken, message, true);
    }

    private Checked verify(ChangeRecord.Taken taken, SignedMessage message, boolean mustBeInTime) {
        try {
            SshSignature signature = SshSignature.parse(taken.signature());
            Optional<Registry.Holding> found = draft.governance.registry().holderOf(signature.keyBlob());
            if (found.isEmpty()) {
                return new Checked.Uncounted(new SignerRefusal.UnknownSigner(Fingerprint.of(signature.keyBlob())));
            }
            Registry.Holding holding = found.get();
            VerifiedSignature verified = draft.around
                    .scrutiny()
                    .signatures()
                    .verify(
                            signature,
                            taken.signature(),
                            holding.key().key(),
                            taken.purpose().namespace(),
                            message);
            Optional<SignerRefusal> outOfTime = mustBeInTime ? holding.outOfTime(draft.nowSeconds()) : Optional.empty();
            return outOfTime
                    .<Checked>map(Checked.Uncounted::new)
                    .orElseGet(() -> new Checked.Good(holding.principal().name(), verified));
        } catch (SshException _) {
            return new Checked.Bad();
        }
    }

    /** What people sign to approve or withdraw a change. */
    SignedMessage endorsement(Endorsement.Kind kind, Digest change) {
        return SignedMessage.of(new Endorsement(kind, draft.around.chain(), change).text());
    }

    private SignedMessage message(Purpose purpose, ReadText change) {
        return switch (purpose) {
            case CHANGE, ADMIN -> change.message();
            case APPROVE -> endorsement(Endorsement.Kind.APPROVAL, change.digest());
            case WITHDRAW -> endorsement(Endorsement.Kind.WITHDRAWAL, change.digest());
        };
    }

    /** The author's and all approvals of people who did not withdraw; whose key is valid no more, the decision says. */
    List<VerifiedSignature> counting(ReadText change, PendingRecord record) {
        Set<PrincipalName> withdrawn = withdrawn(record);
        List<VerifiedSignature> counting = new ArrayList<>();
        for (ChangeRecord.Taken taken : record.signatures()) {
            if (taken.purpose() != Purpose.WITHDRAW
                    && verify(taken, message(taken.purpose(), change), false) instanceof Checked.Good good
                    && !withdrawn.contains(good.signer())) {
                counting.add(good.signature());
            }
        }
        return counting;
    }

    /** Who took their agreement back; also with a key that is valid no more. */
    Set<PrincipalName> withdrawn(PendingRecord record) {
        Set<PrincipalName> people = new TreeSet<>();
        for (ChangeRecord.Taken taken : record.signatures()) {
            if (taken.purpose() == Purpose.WITHDRAW) {
                holder(taken).ifPresent(people::add);
            }
        }
        return people;
    }

    private Optional<PrincipalName> holder(ChangeRecord.Taken taken) {
        try {
            return draft.governance
                    .registry()
                    .holderOf(SshSignature.parse(taken.signature()).keyBlob())
                    .map(holding -> holding.principal().name());
        } catch (SshException e) {
            throw new IllegalStateException("the ledger holds a signature that is none", e);
        }
    }
}
