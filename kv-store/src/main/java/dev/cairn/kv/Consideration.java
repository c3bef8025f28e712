package dev.cairn.kv;

import dev.cairn.kv.change.ChangeRecord;
import dev.cairn.kv.change.PendingRecord;
import dev.cairn.kv.change.VerdictText;
import dev.cairn.kv.guard.Decider;
import dev.cairn.kv.guard.Decision;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.guard.SignerRefusal;
import dev.cairn.kv.model.ChangeStanding;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.VerifiedSignature;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What becomes of a change with the signatures and values that it has: it waits for more, or it is executed, or it conflicts.
 * Guards, signatures and preconditions are held against the state of the very moment in which it would execute: a key that was
 * revoked since does not count, whatever was answered before.
 */
final class Consideration {
    private final Draft draft;
    private final PendingChanges changes;

    Consideration(Draft draft, PendingChanges changes) {
        this.draft = draft;
        this.changes = changes;
    }

    Outcome of(Case each) {
        return of(each, bySigners(each));
    }

    private Outcome of(Case each, Decision bySigners) {
        return switch (andByValues(each, bySigners)) {
            case Decision.Admitted _ -> settle(each);
            case Decision.Refused refused ->
                refused.mayWait()
                        ? await(each, refused)
                        : answer(
                                each.change().digest(),
                                ChangeStanding.REFUSED,
                                refused.objections(),
                                refused.uncounted());
        };
    }

    /**
     * Somebody took an approval back, and has done so whatever else stands against the change: that may pass, and then the
     * approval must not count.
     */
    Outcome without(Case each) {
        return switch (andByValues(each, bySigners(each))) {
            case Decision.Admitted _ -> settle(each);
            case Decision.Refused refused -> keep(each, refused);
        };
    }

    private Decision bySigners(Case each) {
        return decide(each.change(), new Signing(draft).counting(each.change(), each.record()));
    }

    private Decision andByValues(Case each, Decision bySigners) {
        return missingValues(each).<Decision>map(bySigners::andAlso).orElse(bySigners);
    }

    private Optional<Objection> missingValues(Case each) {
        ReadText change = each.change();
        int come = each.fresh().map(List::size).orElseGet(() -> changes.valueCount(change.digest()));
        int missing = change.puts().size() - come;
        if (missing == 0) {
            return Optional.empty();
        }
        int first = each.fresh().isPresent() ? come : changes.firstMissing(change);
        return Optional.of(
                new Objection.ValuesMissing(missing, change.puts().get(first).key()));
    }

    /** Whether the person's signature would add nothing to those that count already. */
    boolean countsAlready(ReadText change, PendingRecord waiting, Signing.Checked.Good good) {
        List<VerifiedSignature> all = new ArrayList<>(new Signing(draft).counting(change, waiting));
        all.add(good.signature());
        return decide(change, all) instanceof Decision.Refused refused
                && refused.uncounted().stream()
                        .anyMatch(each -> each instanceof SignerRefusal.SamePersonTwice twice
                                && twice.name().equals(good.signer()));
    }

    private Decision decide(ReadText change, List<VerifiedSignature> signatures) {
        return decider().decide(change.content(), change.digest(), signatures, draft.nowSeconds());
    }

    private Decider decider() {
        return new Decider(draft.around.chain(), draft.governance);
    }

    private Outcome await(Case each, Decision.Refused missing) {
        Digest digest = each.change().digest();
        if (!each.isNew()) {
            return answer(digest, ChangeStanding.PENDING, missing.objections(), missing.uncounted());
        }
        if (each.fresh().isPresent()) {
            TextExecution execution = TextExecution.of(draft, each.change());
            if (execution.isTooMuch()) {
                return failed(KvError.TOO_MANY_CHANGES);
            }
            List<Objection> conflicts = execution.conflicts();
            if (!conflicts.isEmpty()) {
                return answer(digest, ChangeStanding.REFUSED, conflicts, List.of());
            }
            if (!changes.hasRoom(each.change())) {
                return failed(KvError.TOO_MANY_CHANGES);
            }
        }
        if (isFull(each.change())) {
            return failed(KvError.NO_SPACE);
        }
        return keep(each, missing);
    }

    private Outcome keep(Case each, Decision.Refused missing) {
        Digest digest = each.change().digest();
        return draft.transact(writer -> {
            each.fresh().ifPresent(values -> begin(each.change(), values, writer));
            changes.wait(writer, digest, each.record());
            Bytes detail = VerdictText.print(missing.objections(), missing.uncounted());
            return new Outcome.Change(writer.seen(), digest, ChangeStanding.PENDING, detail);
        });
    }

    private void begin(ReadText change, List<Bytes> values, Writer writer) {
        changes.begin(change);
        changes.keepText(writer, change);
        for (int i = 0; i < values.size(); i++) {
            changes.keepValue(writer, change.digest(), i, values.get(i));
        }
    }

    /**
     * Keeps those of the values that are not there yet. All are the ones that the text names, from that of the put {@code first}
     * on; the last one that was missing may let the change execute.
     */
    Outcome withValues(Case each, int first, List<Bytes> values) {
        Digest digest = each.change().digest();
        Decision bySigners = bySigners(each); // values have no say in it
        Outcome before = of(each, bySigners);
        boolean mayTake = before instanceof Outcome.Change change && change.standing() == ChangeStanding.PENDING;
        if (!mayTake || changes.hasValues(digest, first, values.size())) {
            return before;
        }
        if (isFull(each.change())) {
            return failed(KvError.NO_SPACE);
        }
        draft.writeUnasked(writer -> {
            for (int i = 0; i < values.size(); i++) {
                if (!changes.hasValues(digest, first + i, 1)) {
                    changes.keepValue(writer, digest, first + i, values.get(i));
                }
            }
        });
        return of(each, bySigners);
    }

    /**
     * All signatures and values are there: it is executed, or its preconditions do not hold and it never will be. It waits on for
     * what may pass: nobody's signatures are lost to what only holds for now.
     */
    private Outcome settle(Case each) {
        ReadText change = each.change();
        TextExecution execution = TextExecution.of(draft, change);
        if (execution.isTooMuch()) {
            return failed(KvError.TOO_MANY_CHANGES);
        }
        List<Objection> conflicts = execution.conflicts();
        if (!conflicts.isEmpty() && conflicts.stream().allMatch(Objection::mayPassByWaiting)) {
            return await(each, new Decision.Refused(conflicts, List.of()));
        }
        if (each.fresh().isPresent() && !conflicts.isEmpty() && !changes.hasRoom(change)) {
            return failed(KvError.TOO_MANY_CHANGES);
        }
        if (isFull(change)) {
            return failed(KvError.NO_SPACE);
        }
        return draft.transact(writer -> {
            if (each.fresh().isPresent()) {
                changes.begin(change);
            }
            return conflicts.isEmpty() ? execute(each, writer) : conflict(each, conflicts, writer);
        });
    }

    private Outcome conflict(Case each, List<Objection> conflicts, Writer writer) {
        Bytes detail = VerdictText.print(conflicts, List.of());
        changes.settle(writer, each.change(), each.whole().conflicted(detail, draft.nowSeconds()));
        return new Outcome.Change(writer.seen(), each.change().digest(), ChangeStanding.CONFLICTED, detail);
    }

    private Outcome execute(Case each, Writer writer) {
        ReadText change = each.change();
        List<Bytes> values = each.fresh().orElseGet(() -> changes.values(change));
        Optional<Outcome.Failed> failure = TextExecution.of(draft, change).write(writer, values);
        if (failure.isPresent()) {
            return failed(failure.get().error());
        }
        changes.settle(writer, change, each.whole().executed(writer.revision(), draft.nowSeconds()));
        return new Outcome.Change(writer.revision(), change.digest(), ChangeStanding.EXECUTED, Bytes.EMPTY);
    }

    /** Its author withdrew it while it waited. */
    Outcome end(ReadText change, PendingRecord record) {
        return draft.transact(writer -> {
            changes.settle(writer, change, record.of(change.text()).withdrawn(draft.nowSeconds()));
            return new Outcome.Change(writer.seen(), change.digest(), ChangeStanding.WITHDRAWN, Bytes.EMPTY);
        });
    }

    /** Its author withdrew it before it was ever submitted. */
    Outcome endUnseen(ReadText change, PendingRecord record) {
        List<Objection> isOver = decider().objectionsToText(change.content(), draft.nowSeconds()).stream()
                .filter(each -> !(each instanceof Objection.NotYetValid))
                .toList();
        if (!isOver.isEmpty()) {
            return answer(change.digest(), ChangeStanding.REFUSED, isOver, List.of());
        }
        if (!changes.hasRoom(change)) {
            return failed(KvError.TOO_MANY_CHANGES);
        }
        return draft.transact(writer -> {
            changes.begin(change);
            changes.settle(writer, change, record.of(change.text()).withdrawn(draft.nowSeconds()));
            return new Outcome.Change(writer.seen(), change.digest(), ChangeStanding.WITHDRAWN, Bytes.EMPTY);
        });
    }

    private boolean isFull(ReadText change) {
        return draft.tree.weightBytes() >= Room.treeBytes(draft, change.content());
    }

    // Outcomes.

    Outcome standing(Digest digest, ChangeRecord settled) {
        long revision = settled.revision() == 0 ? draft.revision : settled.revision();
        return new Outcome.Change(revision, digest, settled.standing(), settled.detail());
    }

    Outcome answer(Digest digest, ChangeStanding standing, List<Objection> objections, List<SignerRefusal> uncounted) {
        return new Outcome.Change(draft.revision, digest, standing, VerdictText.print(objections, uncounted));
    }

    private Outcome.Failed failed(KvError error) {
        return new Outcome.Failed(draft.revision, error);
    }
}
