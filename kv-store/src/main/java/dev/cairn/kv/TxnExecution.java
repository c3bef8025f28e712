package dev.cairn.kv;

import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.kv.tree.Leaf;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A transaction: conditions on the state before it, branches chosen up front, then everything or nothing. */
final class TxnExecution {
    private final Draft draft;
    private final Operation.Txn txn;
    private final List<Boolean> choices = new ArrayList<>();
    private int nextChoice;

    TxnExecution(Draft draft, Operation.Txn txn) {
        this.draft = draft;
        this.txn = txn;
    }

    Outcome run() {
        Surroundings around = draft.around;
        CompareEvaluator evaluator = new CompareEvaluator(draft.tree, around.history(), around.limits());
        choose(txn, evaluator);
        Optional<KvError> error = evaluator.isOverCap() ? Optional.of(KvError.TOO_COSTLY) : precheck();
        if (error.isPresent()) {
            return new Outcome.Failed(draft.revision, error.get());
        }
        return draft.transact(writer -> {
            List<Outcome.Failed> failures = new ArrayList<>();
            Outcome outcome = perform(txn, writer, failures);
            return failures.isEmpty()
                    ? outcome
                    : new Outcome.Failed(draft.revision, failures.getFirst().error());
        });
    }

    private void choose(Operation.Txn at, CompareEvaluator evaluator) {
        boolean holds = evaluator.holds(at.compares());
        choices.add(holds);
        for (Operation operation : branch(at, holds)) {
            if (operation instanceof Operation.Txn nested) {
                choose(nested, evaluator);
            }
        }
    }

    private static List<Operation> branch(Operation.Txn at, boolean holds) {
        return holds ? at.success() : at.failure();
    }

    /** What etcd checks of the chosen path before it changes anything. */
    private Optional<KvError> precheck() {
        int[] choice = {0};
        return precheckPath(txn, choice);
    }

    private Optional<KvError> precheckPath(Operation.Txn at, int[] choice) {
        for (Operation operation : branch(at, choices.get(choice[0]++))) {
            Optional<KvError> error = switch (operation) {
                case Operation.Put put ->
                    Writer.checkPut(
                            put,
                            draft.tree
                                    .get(Space.CLIENTS.treeKey(put.key()))
                                    .map(Leaf::head)
                                    .filter(KeyVersion::isLive),
                            draft.leases);
                case Operation.Range range ->
                    RangeReader.checkRevisionInTxn(range.revision(), draft.revision, draft.compactRevision);
                case Operation.Txn nested -> precheckPath(nested, choice);
                case Operation.DeleteRange _,
                        Operation.Compact _,
                        Operation.OpenSession _,
                        UpkeepOperation _,
                        Operation.SubmitChange _,
                        Operation.EndorseChange _,
                        Operation.StageValues _,
                        Operation.SignedWrite _,
                        Operation.Unique _,
                        LeaseOperation _,
                        Operation.OnBehalf _,
                        AuthOperation _ -> Optional.empty();
            };
            if (error.isPresent()) {
                return error;
            }
        }
        return Optional.empty();
    }

    private Outcome perform(Operation.Txn at, Writer writer, List<Outcome.Failed> failures) {
        boolean holds = choices.get(nextChoice++);
        List<Outcome> responses = new ArrayList<>();
        for (Operation operation : branch(at, holds)) {
            if (!failures.isEmpty()) {
                break;
            }
            Outcome outcome = switch (operation) {
                case Operation.Put put -> writer.put(put, draft.around.limits().openTreeBytes());
                case Operation.DeleteRange delete -> writer.delete(delete);
                case Operation.Range range -> draft.reader().read(range, writer.seen(), draft.compactRevision);
                case Operation.Txn nested -> perform(nested, writer, failures);
                case Operation.Compact _,
                        Operation.OpenSession _,
                        UpkeepOperation _,
                        Operation.SubmitChange _,
                        Operation.EndorseChange _,
                        Operation.StageValues _,
                        Operation.SignedWrite _,
                        Operation.Unique _,
                        LeaseOperation _,
                        Operation.OnBehalf _,
                        AuthOperation _ -> new Outcome.Failed(draft.revision, KvError.MALFORMED);
            };
            responses.add(outcome);
            if (outcome instanceof Outcome.Failed failed) {
                failures.add(failed);
            }
        }
        return new Outcome.Txn(writer.seen(), holds, responses);
    }
}
