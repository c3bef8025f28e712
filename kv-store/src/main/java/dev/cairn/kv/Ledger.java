package dev.cairn.kv;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SignedMessage;
import java.util.List;
import java.util.Optional;

/**
 * Signed changes from their submission to their end. A change is proposed by its author, waits for approvals, and ends in
 * one of four ways: executed as a whole, conflicted, withdrawn by its author, or expired. What ended never comes back: its
 * digest is remembered for as long as the text itself would be accepted.
 *
 * <p>Here is who may add what to a change; {@link Consideration} is what becomes of it then.
 */
final class Ledger {
    private final Draft draft;
    private final PendingChanges changes;
    private final Signing signing;
    private final Consideration consideration;

    Ledger(Draft draft) {
        this.draft = draft;
        this.changes = new PendingChanges(draft);
        this.signing = new Signing(draft);
        this.consideration = new Consideration(draft, changes);
    }

    /** What goes with each block, unasked. */
    void forget() {
        changes.dropExpired();
        new ChangeSweep(draft, changes).advance();
    }

    // Submission.

    /** Who signed is asked before the text is read: of whoever is not registered it costs no more than its hash. */
    Outcome submit(Operation.SubmitChange submit) {
        try {
            LedgerTexts.requireSize(submit.text());
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
        SignedMessage text = SignedMessage.of(submit.text());
        Optional<ChangeRecord> settled = changes.settled(text.digest());
        if (settled.isPresent()) {
            return consideration.standing(text.digest(), settled.get());
        }
        return changes.pending(text.digest())
                .map(waiting -> submitAgain(text, waiting, submit))
                .orElseGet(() -> submitFirst(text, submit));
    }

    /** Whoever brings it: it was signed when it came first. */
    private Outcome submitAgain(SignedMessage text, PendingRecord waiting, Operation.SubmitChange submit) {
        if (LedgerTexts.isWithdrawal(submit.signature())) {
            return endorse(text.digest(), waiting, Endorsement.Kind.WITHDRAWAL, submit.signature());
        }
        try {
            ReadText change = read(text);
            LedgerTexts.requireValues(change, 0, submit.values());
            return consideration.of(Case.asItWaits(change, waiting));
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
    }

    private Outcome submitFirst(SignedMessage text, Operation.SubmitChange submit) {
        boolean withdraws = LedgerTexts.isWithdrawal(submit.signature());
        ChangeRecord.Taken taken =
                taken(withdraws ? Purpose.WITHDRAW : SignedText.purposeOf(text.text()), submit.signature());
        SignedMessage message = withdraws ? signing.endorsement(Endorsement.Kind.WITHDRAWAL, text.digest()) : text;
        return switch (signing.check(taken, message)) {
            case Signing.Checked.Bad _ -> failed(KvError.BAD_SIGNATURE);
            case Signing.Checked.Uncounted(SignerRefusal why) -> refused(text.digest(), why);
            case Signing.Checked.Good good -> takeIn(text, submit.values(), taken, good);
        };
    }

    private Outcome takeIn(
            SignedMessage text, List<Bytes> values, ChangeRecord.Taken taken, Signing.Checked.Good good) {
        ReadText change;
        try {
            change = read(text);
            LedgerTexts.requireValues(change, 0, values);
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
        Optional<Objection> base = objectionToBase(change);
        if (base.isPresent()) {
            return refused(text.digest(), base.get());
        }
        PendingRecord record = new PendingRecord(List.of(taken));
        return taken.purpose() == Purpose.WITHDRAW
                ? withdrawUnseen(change, record, good)
                : consideration.of(Case.fresh(change, record, values));
    }

    /** A gateway may have held a change back: its author makes sure that nobody brings it in later. */
    private Outcome withdrawUnseen(ReadText change, PendingRecord record, Signing.Checked.Good good) {
        return good.signer().equals(change.content().author())
                ? consideration.endUnseen(change, record)
                : refused(
                        change.digest(),
                        new SignerRefusal.NotTheAuthor(
                                good.signer(), change.content().author()));
    }

    /**
     * Whether the state that the author looked at is one that this store still tells of. Of the governance it always does: a
     * gateway that may compact must not keep everybody from revoking.
     */
    private Optional<Objection> objectionToBase(ReadText change) {
        long base = change.content().baseRevision();
        if (base > draft.revision) {
            return Optional.of(new Objection.BaseAhead(base, draft.revision));
        }
        return base < draft.compactRevision && change.content() instanceof Change
                ? Optional.of(new Objection.BaseCompacted(base, draft.compactRevision))
                : Optional.empty();
    }

    // Values that came later.

    Outcome stage(Operation.StageValues stage) {
        Optional<ChangeRecord> settled = changes.settled(stage.change());
        if (settled.isPresent()) {
            return consideration.standing(stage.change(), settled.get());
        }
        Optional<PendingRecord> waiting = changes.pending(stage.change());
        if (waiting.isEmpty()) {
            return failed(KvError.UNKNOWN_CHANGE);
        }
        ReadText change = changes.text(stage.change());
        try {
            LedgerTexts.requireValues(change, stage.first(), stage.values());
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
        return consideration.withValues(Case.asItWaits(change, waiting.get()), stage.first(), stage.values());
    }

    // Approval and withdrawal.

    Outcome endorse(Operation.EndorseChange endorse) {
        Endorsement endorsement;
        try {
            endorsement = LedgerTexts.endorsement(endorse.text());
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
        Digest digest = endorsement.change();
        if (!endorsement.chain().equals(draft.around.chain())) {
            return refused(digest, new Objection.WrongChain(draft.around.chain(), endorsement.chain()));
        }
        Optional<ChangeRecord> settled = changes.settled(digest);
        if (settled.isPresent()) {
            return consideration.standing(digest, settled.get());
        }
        return changes.pending(digest)
                .map(waiting -> endorse(digest, waiting, endorsement.kind(), endorse.signature()))
                .orElseGet(() -> failed(KvError.UNKNOWN_CHANGE));
    }

    private Outcome endorse(Digest digest, PendingRecord waiting, Endorsement.Kind kind, Bytes signature) {
        ChangeRecord.Taken taken = taken(kind.purpose(), signature);
        return switch (signing.check(taken, signing.endorsement(kind, digest))) {
            case Signing.Checked.Bad _ -> failed(KvError.BAD_SIGNATURE);
            case Signing.Checked.Uncounted(SignerRefusal why) -> refused(digest, why);
            case Signing.Checked.Good good ->
                switch (kind) {
                    case WITHDRAWAL -> withdraw(changes.text(digest), waiting, taken, good);
                    case APPROVAL -> approve(changes.text(digest), waiting, taken, good);
                };
        };
    }

    private Outcome approve(
            ReadText change, PendingRecord waiting, ChangeRecord.Taken taken, Signing.Checked.Good good) {
        if (signing.withdrawn(waiting).contains(good.signer())) {
            return refused(change.digest(), new Objection.WithdrawnBefore(good.signer()));
        }
        if (consideration.countsAlready(change, waiting, good)) {
            return consideration.of(Case.asItWaits(change, waiting));
        }
        return hasRoomForSignature(waiting)
                ? consideration.of(Case.with(change, waiting, taken))
                : failed(KvError.TOO_MANY_CHANGES);
    }

    /** The author's ends the change; anybody else's takes their own agreement back, and both are final. */
    private Outcome withdraw(
            ReadText change, PendingRecord waiting, ChangeRecord.Taken taken, Signing.Checked.Good good) {
        if (good.signer().equals(change.content().author())) {
            return consideration.end(change, waiting.with(taken));
        }
        if (signing.withdrawn(waiting).contains(good.signer())) {
            return consideration.of(Case.asItWaits(change, waiting));
        }
        return hasRoomForSignature(waiting)
                ? consideration.without(Case.with(change, waiting, taken))
                : failed(KvError.TOO_MANY_CHANGES);
    }

    private static boolean hasRoomForSignature(PendingRecord waiting) {
        return waiting.signatures().size() < ChangeRecord.MAX_SIGNATURES;
    }

    private ChangeRecord.Taken taken(Purpose purpose, Bytes signature) {
        return new ChangeRecord.Taken(purpose, signature, draft.nowSeconds());
    }

    private ReadText read(SignedMessage text) throws ChangeException {
        return draft.around.scrutiny().texts().read(text);
    }

    private Outcome refused(Digest digest, Objection why) {
        return consideration.answer(digest, ChangeStanding.REFUSED, List.of(why), List.of());
    }

    private Outcome refused(Digest digest, SignerRefusal why) {
        return consideration.answer(digest, ChangeStanding.REFUSED, List.of(), List.of(why));
    }

    private Outcome failed(KvError error) {
        return new Outcome.Failed(draft.revision, error);
    }
}
