package dev.cairn.kv;

import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.kv.proof.ResultHashing;
import dev.cairn.kv.tree.Tree;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One block's execution: from the parent's state and the proposal to the next state, touching neither clock nor chance. */
final class Execution {
    private final KvState parent;
    private final Proposal proposal;
    private final Surroundings around;
    private final Limits limits;
    private final Draft draft;
    private final Sessions sessions;
    private final Ledger ledger;
    private final SignedWrites signedWrites;
    private final LeaseExecution leases;
    private final Permits permits;
    private final AuthExecution auth;

    Execution(KvState parent, Proposal proposal, Surroundings around) {
        this.parent = parent;
        this.proposal = proposal;
        this.around = around;
        this.limits = around.limits();
        this.draft = new Draft(parent, proposal, around);
        this.sessions = new Sessions(draft);
        this.ledger = new Ledger(draft);
        this.leases = new LeaseExecution(draft);
        this.permits = new Permits(draft);
        this.signedWrites = new SignedWrites(draft, permits);
        this.auth = new AuthExecution(draft, permits);
    }

    KvState run() {
        ledger.forget();
        List<RequestOutcome> results = new ArrayList<>(proposal.requests().size());
        for (Request request : proposal.requests()) {
            results.add(execute(request));
        }
        leases.expire();
        Sweep.advance(draft);
        Tree sealed = draft.tree.seal();
        List<Digest> events =
                draft.changes.stream().map(event -> event.change().digest()).toList();
        StateRoots roots = new StateRoots(
                parent.revision() + 1,
                draft.revision,
                draft.compactRevision,
                ResultHashing.root(proposal.requests(), results),
                MerkleFrontier.rootOf(events),
                sealed.rootHash());
        return new KvState(
                proposal.height(),
                sealed,
                draft.revision,
                draft.compactRevision,
                roots,
                draft.governance,
                results,
                draft.changes,
                draft.written,
                draft.removed,
                draft.touchedSystem,
                parent.unpersisted().with(proposal.height(), draft.changes, around.persisted()));
    }

    private RequestOutcome execute(Request request) {
        Optional<List<Operation>> decoded = OperationCodec.decode(request.operations());
        Optional<Operation.OpenSession> opening = decoded.filter(operations -> operations.size() == 1)
                .map(List::getFirst)
                .filter(Operation.OpenSession.class::isInstance)
                .map(Operation.OpenSession.class::cast);
        Optional<KvError> refusal = sessions.admit(request.id(), opening);
        if (refusal.isPresent()) {
            return new RequestOutcome.Refused(refusal.get());
        }
        if (decoded.isEmpty()) {
            return new RequestOutcome.Refused(KvError.MALFORMED);
        }
        List<Outcome> outcomes = new ArrayList<>(decoded.get().size());
        for (Operation operation : decoded.get()) {
            // Alone in their request they are found, and verified, before execution gets to them.
            boolean standsWrong = decoded.get().size() > 1 && operation.isSigned();
            outcomes.add(standsWrong ? failed(KvError.MALFORMED) : execute(operation));
        }
        return new RequestOutcome.Executed(outcomes);
    }

    private Outcome execute(Operation operation) {
        Optional<KvError> invalid = Validation.check(operation, limits)
                .or(() -> Quota.alarm(draft, operation))
                .or(() -> permits.authoriser().refusal(operation))
                .or(() -> refusedByGuards(operation))
                .or(() -> Quota.excess(draft, operation));
        if (invalid.isPresent()) {
            return failed(invalid.get());
        }
        return perform(operation);
    }

    /** What may be done, if permissions and guards are content. */
    private Outcome perform(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> draft.write(writer -> writer.put(put, limits.openTreeBytes()));
            case Operation.DeleteRange delete -> draft.write(writer -> writer.delete(delete));
            case Operation.Range range -> draft.reader().read(range, draft.revision, draft.compactRevision);
            case Operation.Txn txn -> new TxnExecution(draft, txn).run();
            case Operation.Compact compact -> compact(compact);
            case Operation.OpenSession _ -> new Outcome.SessionOpened(draft.revision);
            case Operation.SubmitChange submit -> ledger.submit(submit);
            case Operation.StageValues stage -> ledger.stage(stage);
            case Operation.EndorseChange endorse -> ledger.endorse(endorse);
            case Operation.SignedWrite write -> signedWrites.take(write, this::perform);
            case Operation.Unique unique -> execute(unique.operation());
            case LeaseOperation lease -> leases.perform(lease);
            case Operation.OnBehalf onBehalf -> perform(onBehalf.operation());
            case AuthOperation change -> auth.run(change);
            case UpkeepOperation.RaiseAlarm(Alarm alarm) -> Alarms.raise(draft, alarm);
            case UpkeepOperation.DisarmAlarm(Alarm alarm) -> Alarms.disarm(draft, alarm);
            case UpkeepOperation.RaiseRevision(long revision) -> raiseRevision(revision);
        };
    }

    /** The one place where an operation that nobody has signed is held against the guards, whatever it would write. */
    private Optional<KvError> refusedByGuards(Operation operation) {
        return new Unsigned(draft.governance).refusal(operation);
    }

    private Outcome compact(Operation.Compact compact) {
        Optional<KvError> error = Compaction.run(draft, compact.revision());
        return error.<Outcome>map(this::failed).orElseGet(() -> new Outcome.Compacted(draft.revision));
    }

    private Outcome raiseRevision(long revision) {
        if (revision <= draft.revision) {
            return new Outcome.Upkept(draft.revision, false);
        }
        Optional<KvError> error = Compaction.raise(draft, revision);
        return error.<Outcome>map(this::failed).orElseGet(() -> new Outcome.Upkept(draft.revision, true));
    }

    private Outcome.Failed failed(KvError error) {
        return new Outcome.Failed(draft.revision, error);
    }
}
