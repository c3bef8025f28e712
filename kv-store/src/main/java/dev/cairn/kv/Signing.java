package dev.cairn.kv;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.Registry;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.Fingerprint;
import dev.cairn.ssh.SshException;
import dev.cairn.ssh.SshPublicKey;
import dev.cairn.ssh.SshSignature;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** The signatures on one change, held against those who are registered now. */
final class Signing {
    private final Draft draft;
    private final ReadText change;

    Signing(Draft draft, ReadText change) {
        this.draft = draft;
        this.change = change;
    }

    /** What a signature is worth by itself. */
    sealed interface Checked {
        /** Of a registered principal, whose key is valid now. */
        record Good(PrincipalName signer, VerifiedSignature signature) implements Checked {}

        record Uncounted(SignerRefusal why) implements Checked {}

        /** It is none on this text for this purpose. */
        record Bad() implements Checked {}
    }

    Checked check(ChangeRecord.Taken taken) {
        return verify(taken, true);
    }

    private Checked verify(ChangeRecord.Taken taken, boolean mustBeInTime) {
        try {
            SshSignature signature = SshSignature.parse(taken.signature());
            Optional<Registry.Holding> found = draft.governance.registry().holderOf(signature.keyBlob());
            if (found.isEmpty()) {
                Fingerprint stranger = SshPublicKey.parse(signature.keyBlob()).fingerprint();
                return new Checked.Uncounted(new SignerRefusal.UnknownSigner(stranger));
            }
            Registry.Holding holding = found.get();
            Purpose purpose = taken.purpose();
            VerifiedSignature verified = draft.around
                    .scrutiny()
                    .signatures()
                    .verify(signature, taken.signature(), holding.key().key(), purpose.namespace(), text(purpose));
            Optional<SignerRefusal> outOfTime = mustBeInTime ? holding.outOfTime(draft.nowSeconds()) : Optional.empty();
            return outOfTime
                    .<Checked>map(Checked.Uncounted::new)
                    .orElseGet(() -> new Checked.Good(holding.principal().name(), verified));
        } catch (SshException _) {
            return new Checked.Bad();
        }
    }

    private Bytes text(Purpose purpose) {
        return switch (purpose) {
            case CHANGE, ADMIN -> change.text();
            case APPROVE -> endorsement(Endorsement.Kind.APPROVAL);
            case WITHDRAW -> endorsement(Endorsement.Kind.WITHDRAWAL);
        };
    }

    private Bytes endorsement(Endorsement.Kind kind) {
        return new Endorsement(kind, draft.around.chain(), change.digest()).text();
    }

    /** The author's and all approvals of people who did not withdraw; whose key is valid no more, the decision says. */
    List<VerifiedSignature> counting(ChangeRecord record) {
        Set<PrincipalName> withdrawn = withdrawn(record);
        List<VerifiedSignature> counting = new ArrayList<>();
        for (ChangeRecord.Taken taken : record.signatures()) {
            if (taken.purpose() != Purpose.WITHDRAW
                    && verify(taken, false) instanceof Checked.Good good
                    && !withdrawn.contains(good.signer())) {
                counting.add(good.signature());
            }
        }
        return counting;
    }

    /** Who took their agreement back; also with a key that is valid no more. */
    Set<PrincipalName> withdrawn(ChangeRecord record) {
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
