package dev.cairn.kv;

import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.Endorsement;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.change.VerdictText;
import dev.cairn.kv.guard.Decider;
import dev.cairn.kv.guard.Decision;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Signed changes from their submission to their end. A change is proposed by its author, waits for approvals, and ends in
 * one of four ways: executed as a whole, conflicted, withdrawn by its author, or expired. What ended never comes back: its
 * digest is remembered for as long as the text itself would be accepted.
 *
 * <p>Guards, signatures and preconditions are held against the state of the very moment in which it would execute: a key that
 * was revoked since does not count, whatever was answered before.
 */
final class Ledger {
    private final Draft draft;
    private final PendingChanges changes;

    Ledger(Draft draft) {
        this.draft = draft;
        this.changes = new PendingChanges(draft);
    }

    void dropExpired() {
        changes.dropExpired();
    }

    // Submission.

    Outcome submit(Operation.SubmitChange submit) {
        SignedText change;
        List<Bytes> values;
        try {
            change = SignedText.parse(submit.text());
            values = LedgerTexts.values(change, submit);
        } catch (ChangeException _) {
            return failed(KvError.INVALID_CHANGE);
        }
        Digest digest = change.digest();
        Optional<ChangeRecord> settled = changes.settled(digest);
        if (settled.isPresent()) {
            return standing(digest, settled.get());
        }
        Optional<ChangeRecord> waiting = changes.pending(digest);
        if (waiting.isPresent()) {
            return consider(Case.asItWaits(change, waiting.get()));
        }
        Optional<Objection> base = objectionToBase(change);
        if (base.isPresent()) {
            return refused(digest, List.of(base.get()), List.of());
        }
        ChangeRecord.Taken author = new ChangeRecord.Taken(change.purpose(), submit.signature(), draft.nowSeconds());
        return switch (signing(change).check(author)) {
            case Signing.Checked.Bad _ -> failed(KvError.BAD_SIGNATURE);
            case Signing.Checked.Uncounted(SignerRefusal why) -> refused(digest, List.of(), List.of(why));
            case Signing.Checked.Good _ ->
                consider(new Case(
                        change,
                        ChangeRecord.pending(submit.text(), author),
                        true,
                        Optional.of(new Values(values, LedgerTexts.sizeBytes(submit)))));
        };
    }

    /** Whether the state that the author looked at is one that this store still tells of. */
    private Optional<Objection> objectionToBase(SignedText text) {
        if (text.baseRevision() > draft.revision) {
            return Optional.of(new Objection.BaseAhead(text.baseRevision(), draft.revision));
        }
        return text.baseRevision() < draft.compactRevision
                ? Optional.of(new Objection.BaseCompacted(text.baseRevision(), draft.compactRevision))
                : Optional.empty();
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
            return refused(
                    digest, List.of(new Objection.WrongChain(draft.around.chain(), endorsement.chain())), List.of());
        }
        Optional<ChangeRecord> settled = changes.settled(digest);
        if (settled.isPresent()) {
            return standing(digest, settled.get());
        }
        Optional<ChangeRecord> waiting = changes.pending(digest);
        if (waiting.isEmpty()) {
            return failed(KvError.UNKNOWN_CHANGE);
        }
        SignedText change = LedgerTexts.change(waiting.get());
        ChangeRecord.Taken taken =
                new ChangeRecord.Taken(endorsement.kind().purpose(), endorse.signature(), draft.nowSeconds());
        return switch (signing(change).check(taken)) {
            case Signing.Checked.Bad _ -> failed(KvError.BAD_SIGNATURE);
            case Signing.Checked.Uncounted(SignerRefusal why) -> refused(digest, List.of(), List.of(why));
            case Signing.Checked.Good good ->
                switch (endorsement.kind()) {
                    case APPROVAL -> approve(change, waiting.get(), taken, good);
                    case WITHDRAWAL -> withdraw(change, waiting.get(), taken, good);
                };
        };
    }

    private Outcome approve(
            SignedText change, ChangeRecord waiting, ChangeRecord.Taken taken, Signing.Checked.Good good) {
        Signing signing = signing(change);
        if (signing.withdrawn(waiting).contains(good.signer())) {
            return refused(change.digest(), List.of(new Objection.WithdrawnBefore(good.signer())), List.of());
        }
        List<VerifiedSignature> all = new ArrayList<>(signing.counting(waiting));
        all.add(good.signature());
        boolean addsNothing = decide(change, all) instanceof Decision.Refused refused
                && refused.uncounted().stream()
                        .anyMatch(each -> each instanceof SignerRefusal.SamePersonTwice twice
                                && twice.name().equals(good.signer()));
        if (addsNothing) {
            return consider(Case.asItWaits(change, waiting));
        }
        if (waiting.signatures().size() >= ChangeRecord.MAX_SIGNATURES) {
            return failed(KvError.TOO_MANY_CHANGES);
        }
        return consider(Case.with(change, waiting, taken));
    }

    /** The author's ends the change; anybody else's takes their own agreement back, and both are final. */
    private Outcome withdraw(
            SignedText change, ChangeRecord waiting, ChangeRecord.Taken taken, Signing.Checked.Good good) {
        if (good.signer().equals(change.author())) {
            return draft.transact(writer -> {
                changes.settle(writer, change, waiting.with(taken).withdrawn(draft.nowSeconds()));
                return new Outcome.Change(writer.seen(), change.digest(), ChangeStanding.WITHDRAWN, Bytes.EMPTY);
            });
        }
        if (signing(change).withdrawn(waiting).contains(good.signer())) {
            return consider(Case.asItWaits(change, waiting));
        }
        if (waiting.signatures().size() >= ChangeRecord.MAX_SIGNATURES) {
            return failed(KvError.TOO_MANY_CHANGES);
        }
        // Taken in whatever else stands against the change: that may pass, and then the approval must not count.
        Case without = Case.with(change, waiting, taken);
        return switch (decide(without)) {
            case Decision.Admitted _ -> settle(without);
            case Decision.Refused refused -> await(without, refused);
        };
    }

    // Decision.

    /** Values that came with a submission. */
    private record Values(List<Bytes> inOrder, long bytes) {}

    /**
     * A change that is neither settled nor refused yet.
     *
     * @param record with all signatures, the newest too
     * @param isNew whether the record differs from what the ledger holds
     * @param fresh the values of one that does not wait yet
     */
    private record Case(SignedText change, ChangeRecord record, boolean isNew, Optional<Values> fresh) {
        static Case asItWaits(SignedText change, ChangeRecord waiting) {
            return new Case(change, waiting, false, Optional.empty());
        }

        static Case with(SignedText change, ChangeRecord waiting, ChangeRecord.Taken signature) {
            return new Case(change, waiting.with(signature), true, Optional.empty());
        }
    }

    private Outcome consider(Case each) {
        SignedText change = each.change();
        return switch (decide(each)) {
            case Decision.Admitted _ -> settle(each);
            case Decision.Refused refused -> {
                boolean mayWait = refused.objections().stream().allMatch(Objection.SignaturesMissing.class::isInstance);
                if (!mayWait) {
                    yield refused(change.digest(), refused.objections(), refused.uncounted());
                }
                yield await(each, refused);
            }
        };
    }

    private Outcome await(Case each, Decision.Refused missing) {
        Digest digest = each.change().digest();
        Bytes detail = detail(missing);
        if (!each.isNew()) {
            return new Outcome.Change(draft.revision, digest, ChangeStanding.PENDING, detail);
        }
        if (each.fresh().isPresent()) {
            List<Objection> conflicts = TextExecution.of(draft, each.change()).conflicts();
            if (!conflicts.isEmpty()) {
                return refused(digest, conflicts, List.of());
            }
            if (!changes.hasRoom(each.change(), each.fresh().get().bytes())) {
                return failed(KvError.TOO_MANY_CHANGES);
            }
        }
        if (isFull()) {
            return failed(KvError.NO_SPACE);
        }
        return draft.transact(writer -> {
            each.fresh().ifPresent(values -> {
                changes.begin(each.change(), values.bytes());
                changes.keepValues(writer, digest, values.inOrder());
            });
            changes.wait(writer, digest, each.record());
            return new Outcome.Change(writer.seen(), digest, ChangeStanding.PENDING, detail);
        });
    }

    /** All signatures are there: it is executed, or its preconditions do not hold and it never will be. */
    private Outcome settle(Case each) {
        SignedText change = each.change();
        List<Objection> conflicts = TextExecution.of(draft, change).conflicts();
        if (each.fresh().isPresent()
                && !conflicts.isEmpty()
                && !changes.hasRoom(change, each.fresh().get().bytes())) {
            return failed(KvError.TOO_MANY_CHANGES);
        }
        if (isFull()) {
            return failed(KvError.NO_SPACE);
        }
        return draft.transact(writer -> {
            each.fresh().ifPresent(values -> changes.begin(change, values.bytes()));
            return conflicts.isEmpty() ? execute(each, writer) : conflict(each, conflicts, writer);
        });
    }

    private Outcome conflict(Case each, List<Objection> conflicts, Writer writer) {
        Bytes detail = detail(new Decision.Refused(conflicts, List.of()));
        changes.settle(writer, each.change(), each.record().conflicted(detail, draft.nowSeconds()));
        return new Outcome.Change(writer.seen(), each.change().digest(), ChangeStanding.CONFLICTED, detail);
    }

    private Outcome execute(Case each, Writer writer) {
        SignedText change = each.change();
        int puts = LedgerTexts.puts(change);
        List<Bytes> values = each.fresh().map(Values::inOrder).orElseGet(() -> changes.values(change.digest(), puts));
        Optional<Outcome.Failed> failure = TextExecution.of(draft, change).write(writer, values);
        if (failure.isPresent()) {
            return failed(failure.get().error());
        }
        changes.settle(writer, change, each.record().executed(writer.revision(), draft.nowSeconds()));
        return new Outcome.Change(writer.revision(), change.digest(), ChangeStanding.EXECUTED, Bytes.EMPTY);
    }

    private boolean isFull() {
        return draft.tree.weightBytes() >= draft.around.limits().treeBytes();
    }

    private Decision decide(Case each) {
        return decide(each.change(), signing(each.change()).counting(each.record()));
    }

    private Decision decide(SignedText change, List<VerifiedSignature> signatures) {
        return new Decider(draft.around.chain(), draft.governance).decide(change, signatures, draft.nowSeconds());
    }

    private Signing signing(SignedText change) {
        return new Signing(draft, change);
    }

    // Outcomes.

    private Outcome standing(Digest digest, ChangeRecord settled) {
        long revision = settled.revision() == 0 ? draft.revision : settled.revision();
        return new Outcome.Change(revision, digest, settled.standing(), settled.detail());
    }

    private Outcome refused(Digest digest, List<Objection> objections, List<SignerRefusal> uncounted) {
        return new Outcome.Change(
                draft.revision, digest, ChangeStanding.REFUSED, detail(new Decision.Refused(objections, uncounted)));
    }

    private static Bytes detail(Decision.Refused why) {
        return VerdictText.print(why.objections(), why.uncounted());
    }

    private Outcome.Failed failed(KvError error) {
        return new Outcome.Failed(draft.revision, error);
    }
}
