package dev.cairn.kv;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.RequestOutcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.proof.ResultHashing;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/** One block's execution: from the parent's state and the proposal to the next state, touching neither clock nor chance. */
final class Execution {
    private final KvState parent;
    private final Proposal proposal;
    private final History history;
    private final Limits limits;
    private final Height persisted;

    private final TreeEditor tree;
    private final Sessions sessions;
    private final List<KeyEvent> changes = new ArrayList<>();
    private final List<Leaf> written = new ArrayList<>();
    private final List<Bytes> touchedSystem = new ArrayList<>();
    private final List<Bytes> removed = new ArrayList<>();
    private long revision;
    private long compactRevision;

    Execution(KvState parent, Proposal proposal, History history, Limits limits, Height persisted) {
        this.parent = parent;
        this.proposal = proposal;
        this.history = history;
        this.limits = limits;
        this.persisted = persisted;
        this.tree = parent.tree().edit();
        this.sessions = new Sessions(tree, proposal.height(), limits, touchedSystem, removed);
        this.revision = parent.revision();
        this.compactRevision = parent.compactRevision();
    }

    KvState run() {
        long first = revision + 1;
        List<RequestOutcome> results = new ArrayList<>(proposal.requests().size());
        for (Request request : proposal.requests()) {
            results.add(execute(request));
        }
        Sweep.advance(tree, proposal.height(), touchedSystem, removed);
        Tree sealed = tree.seal();
        List<Digest> events =
                changes.stream().map(event -> event.change().digest()).toList();
        StateRoots roots = new StateRoots(
                first,
                revision,
                compactRevision,
                ResultHashing.root(proposal.requests(), results),
                MerkleFrontier.rootOf(events),
                sealed.rootHash());
        return new KvState(
                proposal.height(),
                sealed,
                revision,
                compactRevision,
                roots,
                results,
                changes,
                written,
                removed,
                touchedSystem,
                parent.unpersisted().with(proposal.height(), changes, persisted));
    }

    private RequestOutcome execute(Request request) {
        Optional<List<Operation>> decoded = OperationCodec.decode(request.operations());
        boolean opens = decoded.isPresent()
                && decoded.get().size() == 1
                && decoded.get().getFirst() instanceof Operation.OpenSession;
        Optional<KvError> refusal = sessions.admit(request.id(), opens);
        if (refusal.isPresent()) {
            return new RequestOutcome.Refused(refusal.get());
        }
        if (decoded.isEmpty()) {
            return new RequestOutcome.Refused(KvError.MALFORMED);
        }
        List<Outcome> outcomes = new ArrayList<>(decoded.get().size());
        for (Operation operation : decoded.get()) {
            outcomes.add(execute(operation));
        }
        return new RequestOutcome.Executed(outcomes);
    }

    private Outcome execute(Operation operation) {
        Optional<KvError> invalid = Validation.check(operation, limits);
        if (invalid.isPresent()) {
            return failed(invalid.get());
        }
        return switch (operation) {
            case Operation.Put put -> write(writer -> writer.put(put));
            case Operation.DeleteRange delete -> write(writer -> writer.delete(delete));
            case Operation.Range range -> reader().read(range, revision, compactRevision);
            case Operation.Txn txn -> write(new TxnExecution(txn)::run);
            case Operation.Compact compact -> compact(compact);
            case Operation.OpenSession _ -> new Outcome.SessionOpened(revision);
            case Operation.SubmitChange _, Operation.EndorseChange _ -> failed(KvError.MALFORMED);
            case Operation.Unique unique -> execute(unique.operation());
        };
    }

    private Outcome write(Function<Writer, Outcome> operation) {
        Writer writer = new Writer();
        Outcome outcome = operation.apply(writer);
        writer.finish();
        return outcome;
    }

    private RangeReader reader() {
        Unpersisted overlay = parent.unpersisted().with(proposal.height(), changes, persisted);
        return new RangeReader(RangeReader.Source.of(tree), overlay, history, limits);
    }

    private Outcome.Failed failed(KvError error) {
        return new Outcome.Failed(revision, error);
    }

    /** Keeps, as etcd does, each key's newest version at or below the revision, and the tombstone exactly at it. */
    private Outcome compact(Operation.Compact compact) {
        if (compact.revision() <= compactRevision) {
            return failed(KvError.COMPACTED);
        }
        if (compact.revision() > revision) {
            return failed(KvError.FUTURE_REVISION);
        }
        compactRevision = compact.revision();
        Sweep.start(tree, proposal.height(), compactRevision, touchedSystem);
        return new Outcome.Compacted(revision);
    }

    /** The writes of one request of a client: all of one revision, numbered in order. */
    private final class Writer {
        private int sub;
        private final long base = revision;

        /** The revision as a header inside this request shows it. */
        long seen() {
            return sub == 0 ? base : base + 1;
        }

        void finish() {
            revision = seen();
        }

        Outcome put(Operation.Put put) {
            Bytes key = Space.CLIENTS.treeKey(put.key());
            Optional<Leaf> leaf = tree.get(key);
            Optional<KeyVersion> live = leaf.map(Leaf::head).filter(KeyVersion::isLive);
            Optional<KvError> error = checkPut(put, live);
            if (error.isPresent()) {
                return new Outcome.Failed(seen(), error.get());
            }
            if (!tree.fits(key)) {
                return new Outcome.Failed(seen(), KvError.KEY_TOO_NESTED);
            }
            if (tree.weightBytes() >= limits.treeBytes()) {
                return new Outcome.Failed(seen(), KvError.NO_SPACE);
            }
            long mod = base + 1;
            write(
                    KeyVersion.put(
                            key,
                            mod,
                            sub,
                            live.map(KeyVersion::createRevision).orElse(mod),
                            live.map(KeyVersion::version).orElse(0L) + 1,
                            put.ignoreLease() ? live.map(KeyVersion::lease).orElse(0L) : put.lease(),
                            put.ignoreValue() ? sameAgain(live.orElseThrow()) : Value.of(put.value())),
                    leaf,
                    live);
            return new Outcome.Put(seen(), put.prevKv() ? live : Optional.empty());
        }

        /** A value of its own: the old one's bytes may be on disk only, and the new version is still to be written. */
        private Value sameAgain(KeyVersion version) {
            return Value.of(history.value(version)
                    .orElseThrow(() -> new IllegalStateException("the newest version is never removed: " + version)));
        }

        Outcome delete(Operation.DeleteRange delete) {
            KeySpan span = Space.CLIENTS.treeSpan(KeySpan.of(delete.key(), delete.rangeEnd()));
            if (tree.liveCount(span) > limits.keysVisited()) {
                return new Outcome.Failed(seen(), KvError.TOO_COSTLY);
            }
            List<KeyVersion> doomed = new ArrayList<>();
            tree.forEach(span, version -> !version.isLive() || doomed.add(version));
            long bytes = doomed.stream().mapToLong(KeyVersion::sizeBytes).sum();
            if (delete.prevKv() && bytes > limits.bytesMoved()) {
                return new Outcome.Failed(seen(), KvError.TOO_COSTLY);
            }
            for (KeyVersion version : doomed) {
                Optional<Leaf> leaf = tree.get(version.treeKey());
                write(KeyVersion.tombstone(version.treeKey(), base + 1, sub), leaf, Optional.of(version));
            }
            return new Outcome.Deleted(seen(), doomed.size(), delete.prevKv() ? doomed : List.of());
        }

        private void write(KeyVersion version, Optional<Leaf> replaced, Optional<KeyVersion> previous) {
            MerkleFrontier earlier = replaced.map(
                            leaf -> leaf.history().append(leaf.head().digest()))
                    .orElse(MerkleFrontier.EMPTY);
            Leaf leaf = new Leaf(version, earlier);
            tree.put(leaf);
            written.add(leaf);
            changes.add(new KeyEvent(version, previous));
            sub++;
        }
    }

    private static Optional<KvError> checkPut(Operation.Put put, Optional<KeyVersion> live) {
        if (put.lease() != 0) {
            return Optional.of(KvError.LEASE_NOT_FOUND);
        }
        boolean needsKey = put.ignoreValue() || put.ignoreLease();
        return needsKey && live.isEmpty() ? Optional.of(KvError.KEY_NOT_FOUND) : Optional.empty();
    }

    /** A transaction: conditions on the state before it, branches chosen up front, then everything or nothing. */
    private final class TxnExecution {
        private final Operation.Txn txn;
        private final List<Boolean> choices = new ArrayList<>();
        private int nextChoice;

        TxnExecution(Operation.Txn txn) {
            this.txn = txn;
        }

        Outcome run(Writer writer) {
            CompareEvaluator evaluator = new CompareEvaluator(tree, history, limits);
            choose(txn, evaluator);
            Optional<KvError> error = evaluator.isOverCap() ? Optional.of(KvError.TOO_COSTLY) : precheck(txn, 0);
            if (error.isPresent()) {
                return failed(error.get());
            }
            TreeEditor.Savepoint before = tree.savepoint();
            int changesBefore = changes.size();
            List<Outcome> failures = new ArrayList<>();
            Outcome outcome = perform(txn, writer, failures);
            if (!failures.isEmpty()) {
                before.rollBack();
                changes.subList(changesBefore, changes.size()).clear();
                written.subList(changesBefore, written.size()).clear();
                writer.sub = 0;
                return failures.getFirst();
            }
            return outcome;
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
        private Optional<KvError> precheck(Operation.Txn root, int firstChoice) {
            int[] choice = {firstChoice};
            return precheckPath(root, choice);
        }

        private Optional<KvError> precheckPath(Operation.Txn at, int[] choice) {
            for (Operation operation : branch(at, choices.get(choice[0]++))) {
                Optional<KvError> error = switch (operation) {
                    case Operation.Put put ->
                        checkPut(
                                put,
                                tree.get(Space.CLIENTS.treeKey(put.key()))
                                        .map(Leaf::head)
                                        .filter(KeyVersion::isLive));
                    case Operation.Range range ->
                        RangeReader.checkRevision(range.revision(), revision, compactRevision);
                    case Operation.Txn nested -> precheckPath(nested, choice);
                    case Operation.DeleteRange _,
                            Operation.Compact _,
                            Operation.OpenSession _,
                            Operation.SubmitChange _,
                            Operation.EndorseChange _,
                            Operation.Unique _ -> Optional.empty();
                };
                if (error.isPresent()) {
                    return error;
                }
            }
            return Optional.empty();
        }

        private Outcome perform(Operation.Txn at, Writer writer, List<Outcome> failures) {
            boolean holds = choices.get(nextChoice++);
            List<Outcome> responses = new ArrayList<>();
            for (Operation operation : branch(at, holds)) {
                if (!failures.isEmpty()) {
                    break;
                }
                Outcome outcome = switch (operation) {
                    case Operation.Put put -> writer.put(put);
                    case Operation.DeleteRange delete -> writer.delete(delete);
                    case Operation.Range range -> reader().read(range, writer.seen(), compactRevision);
                    case Operation.Txn nested -> perform(nested, writer, failures);
                    case Operation.Compact _,
                            Operation.OpenSession _,
                            Operation.SubmitChange _,
                            Operation.EndorseChange _,
                            Operation.Unique _ -> failed(KvError.MALFORMED);
                };
                responses.add(outcome);
                if (outcome instanceof Outcome.Failed) {
                    failures.add(outcome);
                }
            }
            return new Outcome.Txn(writer.seen(), holds, responses);
        }
    }
}
