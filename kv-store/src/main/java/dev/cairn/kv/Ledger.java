package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.Purpose;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
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
    private final Consideration consideration;

    Ledger(Draft draft) {
        this.draft = draft;
        this.changes = new PendingChanges(draft);
        this.consideration = new Consideration(draft, changes);
    }

    void dropExpired() {
        changes.dropExpired();
    }

    // Submission.

    Outcome submit(Operation.SubmitChange submit) {
        ReadText change;
        try {
            change = draft.around.scrutiny().text(submit.text());
            LedgerTexts.requireValues(change, submit.values());
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
        Digest digest = change.digest();
        Optional<ChangeRecord> settled = changes.settled(digest);
        if (settled.isPresent()) {
            return consideration.standing(digest, settled.get());
        }
        Optional<ChangeRecord> waiting = changes.pending(digest);
        if (waiting.isPresent()) {
            return LedgerTexts.isWithdrawal(submit.signature())
                    ? endorse(change, waiting.get(), taken(Purpose.WITHDRAW, submit.signature()))
                    : consideration.of(Case.asItWaits(change, waiting.get()));
        }
        Optional<Objection> base = objectionToBase(change);
        if (base.isPresent()) {
            return refused(digest, base.get());
        }
        return LedgerTexts.isWithdrawal(submit.signature())
                ? withdrawUnseen(change, taken(Purpose.WITHDRAW, submit.signature()))
                : begin(change, submit);
    }

    private Outcome begin(ReadText change, Operation.SubmitChange submit) {
        ChangeRecord.Taken author = taken(change.content().purpose(), submit.signature());
        return switch (signing(change).check(author)) {
            case Signing.Checked.Bad _ -> failed(KvError.BAD_SIGNATURE);
            case Signing.Checked.Uncounted(SignerRefusal why) -> refused(change.digest(), why);
            case Signing.Checked.Good _ ->
                consideration.of(Case.fresh(change, ChangeRecord.pending(submit.text(), author), submit.values()));
        };
    }

    /** A gateway may have held a change back: its author makes sure that nobody brings it in later. */
    private Outcome withdrawUnseen(ReadText change, ChangeRecord.Taken withdrawal) {
        return switch (signing(change).check(withdrawal)) {
            case Signing.Checked.Bad _ -> failed(KvError.BAD_SIGNATURE);
            case Signing.Checked.Uncounted(SignerRefusal why) -> refused(change.digest(), why);
            case Signing.Checked.Good good ->
                good.signer().equals(change.content().author())
                        ? consideration.endUnseen(change, ChangeRecord.pending(change.text(), withdrawal))
                        : refused(
                                change.digest(),
                                new SignerRefusal.NotTheAuthor(
                                        good.signer(), change.content().author()));
        };
    }

    /** Whether the state that the author looked at is one that this store still tells of. */
    private Optional<Objection> objectionToBase(ReadText change) {
        long base = change.content().baseRevision();
        if (base > draft.revision) {
            return Optional.of(new Objection.BaseAhead(base, draft.revision));
        }
        return base < draft.compactRevision
                ? Optional.of(new Objection.BaseCompacted(base, draft.compactRevision))
                : Optional.empty();
    }

    // Values that came later.

    Outcome stage(Operation.StageValue stage) {
        Optional<ChangeRecord> settled = changes.settled(stage.change());
        if (settled.isPresent()) {
            return consideration.standing(stage.change(), settled.get());
        }
        Optional<ChangeRecord> waiting = changes.pending(stage.change());
        if (waiting.isEmpty()) {
            return failed(KvError.UNKNOWN_CHANGE);
        }
        ReadText change = read(stage.change(), waiting.get());
        try {
            LedgerTexts.requireValue(change, stage.index(), stage.value());
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
        Case each = Case.asItWaits(change, waiting.get());
        return changes.hasValue(stage.change(), stage.index())
                ? consideration.of(each)
                : consideration.withValue(each, stage.index(), stage.value());
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
        Optional<ChangeRecord> waiting = changes.pending(digest);
        return waiting.map(record -> endorse(
                        read(digest, record), record, taken(endorsement.kind().purpose(), endorse.signature())))
                .orElseGet(() -> failed(KvError.UNKNOWN_CHANGE));
    }

    private Outcome endorse(ReadText change, ChangeRecord waiting, ChangeRecord.Taken taken) {
        return switch (signing(change).check(taken)) {
            case Signing.Checked.Bad _ -> failed(KvError.BAD_SIGNATURE);
            case Signing.Checked.Uncounted(SignerRefusal why) -> refused(change.digest(), why);
            case Signing.Checked.Good good ->
                taken.purpose() == Purpose.WITHDRAW
                        ? withdraw(change, waiting, taken, good)
                        : approve(change, waiting, taken, good);
        };
    }

    private Outcome approve(
            ReadText change, ChangeRecord waiting, ChangeRecord.Taken taken, Signing.Checked.Good good) {
        if (signing(change).withdrawn(waiting).contains(good.signer())) {
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
            ReadText change, ChangeRecord waiting, ChangeRecord.Taken taken, Signing.Checked.Good good) {
        if (good.signer().equals(change.content().author())) {
            return consideration.end(change, waiting.with(taken));
        }
        if (signing(change).withdrawn(waiting).contains(good.signer())) {
            return consideration.of(Case.asItWaits(change, waiting));
        }
        return hasRoomForSignature(waiting)
                ? consideration.without(Case.with(change, waiting, taken))
                : failed(KvError.TOO_MANY_CHANGES);
    }

    private static boolean hasRoomForSignature(ChangeRecord waiting) {
        return waiting.signatures().size() < ChangeRecord.MAX_SIGNATURES;
    }

    private ChangeRecord.Taken taken(Purpose purpose, Bytes signature) {
        return new ChangeRecord.Taken(purpose, signature, draft.nowSeconds());
    }

    /** The text of a record: it was read before it was kept. */
    private ReadText read(Digest digest, ChangeRecord record) {
        try {
            return draft.around.scrutiny().text(digest, record.text());
        } catch (ChangeException e) {
            throw new IllegalStateException("the ledger holds a text that is no change", e);
        }
    }

    private Signing signing(ReadText change) {
        return new Signing(draft, change);
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
