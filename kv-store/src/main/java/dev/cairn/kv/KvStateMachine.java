package dev.cairn.kv;

import dev.cairn.kv.auth.Attachments;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.snapshot.ChunkReader;
import dev.cairn.kv.snapshot.ReceivedState;
import dev.cairn.kv.store.KvStore;
import dev.cairn.kv.store.PersistedHeight;
import dev.cairn.kv.store.Pins;
import dev.cairn.kv.store.Purger;
import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Predicate;

/**
 * The key-value store as a replicated state machine. Execution is pure; the committed state is one reference that any
 * thread may read; the disk follows behind.
 */
public final class KvStateMachine implements StateMachine<KvState>, AutoCloseable {
    private final KvStore store;
    private final Digest chainId;
    private final Governance founding;
    private final Limits limits;
    private final Scrutiny scrutiny;
    private volatile Purger purger;
    private volatile Pins pins;
    private volatile KvState committed;
    private final PersistedHeight persisted;
    private boolean closed;

    private KvStateMachine(KvStore store, Digest chainId, Governance founding, Limits limits) {
        this.store = store;
        this.chainId = chainId;
        this.scrutiny = new Scrutiny(chainId);
        this.founding = founding;
        this.limits = limits;
        this.committed = store.load(founding);
        this.persisted = new PersistedHeight(committed.height());
        this.purger = new Purger(store);
        this.pins = new Pins(purger, committed.compactRevision());
    }

    /**
     * Opens or makes the store of a chain; a {@link StoreException} says what stands in the way.
     *
     * @param founding who may change what until that is changed: the genesis document's
     */
    public static KvStateMachine open(Path directory, Digest chainId, Governance founding, Limits limits) {
        KvStore store = KvStore.open(directory, chainId);
        try {
            return new KvStateMachine(store, chainId, founding, limits);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /** The roots of a store that has executed nothing, for the genesis block. */
    public static StateRoots genesisRoots() {
        return KvState.genesis(Governance.OPEN).roots();
    }

    // The port to consensus.

    @Override
    public KvState committed() {
        return committed;
    }

    @Override
    public Height committedHeight() {
        return committed.height();
    }

    @Override
    public KvState execute(KvState parent, Proposal proposal) {
        return new Execution(parent, proposal, new Surroundings(chainId, limits, store, persisted.get(), scrutiny))
                .run();
    }

    @Override
    public boolean isCostly(Request request) {
        return OperationCodec.mayBeSigned(request.operations());
    }

    /** Reads and verifies a signed change or approval, so that execution finds it done. */
    @Override
    public void prepare(Request request) {
        OperationCodec.decode(request.operations())
                .filter(operations -> operations.size() == 1)
                .ifPresent(operations -> fault(operations.getFirst()));
    }

    /**
     * What is wrong with a signed operation whatever the state is, in one line that says what to do; nothing for others, and
     * nothing where nobody is registered who would have signed it. Verifies signatures: not for the event loop.
     */
    public Optional<String> fault(Operation operation) {
        return scrutiny.fault(operation, committed.governance().registry());
    }

    /** People's signatures that were checked by arithmetic here; those remembered do not count. */
    public long signaturesVerified() {
        return scrutiny.signatures().verified();
    }

    /** Those of them that did not hold. */
    public long signaturesRefused() {
        return scrutiny.signatures().refused();
    }

    /** Signed texts that were read here; those remembered do not count. */
    public long textsRead() {
        return scrutiny.texts().tried();
    }

    /** What is remembered of signed texts that were read, about; it has a bound. */
    public long readTextBytes() {
        return scrutiny.texts().heldBytes();
    }

    @Override
    public StateRoots roots(KvState state) {
        return state.roots();
    }

    @Override
    public boolean waitsForTime(KvState state) {
        return LeaseView.hasAny(state);
    }

    @Override
    public void commit(KvState state, Block block) {
        if (!state.height().equals(committed.height().next())) {
            throw new IllegalStateException("after " + committed.height() + " comes not " + state.height());
        }
        committed = state;
    }

    @Override
    public void persist(KvState state, Block block) {
        if (!state.height().equals(persisted.get().next())) {
            throw new IllegalStateException(
                    "on disk is " + persisted.get() + ", so " + state.height() + " cannot be next");
        }
        purger.requireSound();
        store.write(state);
        persisted.set(state.height());
        boolean isSwept = state.tree().get(SystemSpace.SWEEP).isEmpty(); // before, old tombstones are still in the tree
        if (isSwept) {
            pins.compactTo(state.compactRevision());
        }
    }

    @Override
    public void sync() {
        store.sync();
    }

    // State transfer.

    @Override
    public void pin(KvState state) {
        pins.pin(state);
    }

    @Override
    public void unpin(KvState state) {
        pins.unpin(state);
    }

    /** How many states are pinned. */
    public int pinnedStates() {
        return pins.states();
    }

    /**
     * The committed state, to be read as a whole. Waits until it is on disk. The caller bounds how many there are; few.
     *
     * @throws StoreException if it does not get there
     */
    public HeldState hold() {
        while (true) {
            Pins now = pins;
            KvState state = committed;
            now.pin(state);
            // What a compaction takes from the disk it takes after it was committed.
            boolean isWhole = committed.compactRevision() == state.compactRevision() && now == pins;
            if (isWhole && persisted.await(state.height())) {
                return new HeldState(state, store, now);
            }
            now.unpin(state);
            if (isWhole) {
                throw new StoreException("the state of height " + state.height() + " does not reach the disk");
            }
        }
    }

    @Override
    public List<Bytes> splits(KvState state, int parts) {
        return ChunkReader.splits(state, parts);
    }

    /** Waits until the state is on disk, which follows its commitment shortly. */
    @Override
    public Bytes chunk(KvState state, Bytes from, Optional<Bytes> until, int maxBytes) {
        if (!pins.isPinned(state)) {
            throw new IllegalStateException("not pinned: the state of height " + state.height());
        }
        if (!persisted.await(state.height())) {
            return Bytes.EMPTY;
        }
        return new ChunkReader(state, store).chunk(from, until, maxBytes).orElse(Bytes.EMPTY);
    }

    @Override
    public Incoming receive(Header header) {
        return new ReceivedState(header, store.receive(header));
    }

    @Override
    public boolean adopt(Header header) {
        if (!store.hasComplete(header)) {
            return false;
        }
        purger.close();
        store.adopt(header);
        committed = store.load(founding);
        persisted.set(committed.height());
        purger = new Purger(store);
        pins = new Pins(purger, committed.compactRevision());
        return true;
    }

    // Reading the committed state.

    /** The alarms that are raised in the committed state. */
    public SortedSet<Alarm> alarms() {
        return committed.alarms();
    }

    public Limits limits() {
        return limits;
    }

    /** Answers a range from the committed state. May read from disk: not for the event loop. */
    public Outcome range(Operation.Range range) {
        return range(committed, range);
    }

    /** Answers a range from a state that is or was committed. May read from disk: not for the event loop. */
    public Outcome range(KvState state, Operation.Range range) {
        Outcome outcome = new RangeReader(RangeReader.Source.of(state.tree()), state.unpersisted(), store, limits)
                .read(range, state.revision(), state.compactRevision());
        boolean overtaken = range.revision() > 0 && range.revision() < committed.compactRevision();
        return overtaken ? new Outcome.Failed(state.revision(), KvError.COMPACTED) : outcome;
    }

    // Proving.

    /**
     * Answers a question about a state that is or was committed, with its proof against that state's root. Questions about
     * older revisions wait until the state is on disk, as {@link #chunk} does; all may read from disk: not for the event
     * loop.
     *
     * @param maxBytes of the proof
     */
    public Proof prove(KvState state, Question.OfState question, int maxBytes) {
        if (Prover.readsHistory(question) && !persisted.await(state.height())) {
            return new Proof.Failed(KvError.COMPACTED);
        }
        return new Prover(state, store, limits, maxBytes).prove(question);
    }

    /**
     * What became of the request at {@code index} of a block, with its proof against the block's header. {@code state} is
     * the state after that block, as its execution made it.
     *
     * @param maxBytes of the proof
     */
    public Proof receipt(KvState state, Block block, int index, boolean values, int maxBytes) {
        return new Prover(state, store, limits, maxBytes).receipt(block, index, values);
    }

    /** Conditions and ranges of a transaction that writes nothing, on a state that is or was committed. */
    public Outcome readOnlyTxn(KvState state, Operation.Txn txn) {
        Optional<KvError> invalid = Validation.check(txn, limits);
        if (invalid.isPresent()) {
            return new Outcome.Failed(state.revision(), invalid.get());
        }
        CompareEvaluator evaluator = new CompareEvaluator(state.tree().edit(), store, limits);
        boolean holds = evaluator.holds(txn.compares());
        if (evaluator.isOverCap()) {
            return new Outcome.Failed(state.revision(), KvError.TOO_COSTLY);
        }
        List<Outcome> responses = new ArrayList<>();
        for (Operation operation : holds ? txn.success() : txn.failure()) {
            if (!(operation instanceof Operation.Range range)) {
                throw new IllegalArgumentException("not a read: " + operation);
            }
            Outcome outcome = RangeReader.checkRevisionInTxn(
                            range.revision(), state.revision(), state.compactRevision())
                    .<Outcome>map(error -> new Outcome.Failed(state.revision(), error))
                    .orElseGet(() -> range(state, range));
            if (outcome instanceof Outcome.Failed) {
                return outcome;
            }
            responses.add(outcome);
        }
        return new Outcome.Txn(state.revision(), holds, responses);
    }

    /** Which keys are attached to leases, as a state that is or was committed has it. Reads no disk. */
    public Attachments attachments(KvState state) {
        return LeaseAttachments.of(state.tree()::forEach);
    }

    /** The key and value of a version; nothing if it has been compacted away meanwhile. May read from disk. */
    public Optional<KeyValue> load(KeyVersion version) {
        return store.value(version)
                .map(value -> new KeyValue(
                        version.key(),
                        version.createRevision(),
                        version.modRevision(),
                        version.version(),
                        version.lease(),
                        value));
    }

    /** Changes with revisions in [from, through]; {@code through} is how far this page reaches, changes or not. */
    public record HistoryPage(List<KeyEvent> changes, long through) {
        public HistoryPage {
            changes = List.copyOf(changes);
        }
    }

    /**
     * The committed changes of clients' keys that {@code matches} with revisions from {@code from} to at most {@code to}, at most
     * {@code maxRevisions} revisions in one page; nothing if {@code from} has been compacted. Reads from disk.
     */
    public Optional<HistoryPage> history(Predicate<Bytes> matches, long from, long to, int maxRevisions) {
        KvState state = committed;
        long last = Math.min(to, state.revision());
        long firstInMemory = state.unpersisted().firstRevision().orElse(Long.MAX_VALUE);
        List<KeyEvent> found = new ArrayList<>();
        long through = last;
        if (from < firstInMemory) {
            List<KeyVersion> onDisk = store.changes(from, Math.min(last, firstInMemory - 1), maxRevisions);
            long revisions = onDisk.stream()
                    .mapToLong(KeyVersion::modRevision)
                    .distinct()
                    .count();
            for (KeyVersion change : onDisk) {
                if (Space.CLIENTS.holds(change.treeKey()) && matches.test(change.key())) {
                    found.add(new KeyEvent(
                            change,
                            store.before(change.treeKey(), change.modRevision(), change.sub())
                                    .filter(KeyVersion::isLive)));
                }
            }
            boolean cut = revisions >= maxRevisions;
            through = cut ? onDisk.getLast().modRevision() : Math.min(last, firstInMemory - 1);
        }
        boolean reachesMemory = from >= firstInMemory || through == firstInMemory - 1;
        if (reachesMemory && firstInMemory <= last) {
            state.unpersisted().between(from, last).stream()
                    .filter(event -> Space.CLIENTS.holds(event.change().treeKey())
                            && matches.test(event.change().key()))
                    .forEach(found::add);
            through = last;
        }
        boolean compacted = from < committed.compactRevision();
        return compacted ? Optional.empty() : Optional.of(new HistoryPage(found, through));
    }

    /** What the store takes up on disk, in bytes. */
    public long diskBytes() {
        return store.diskBytes();
    }

    @Override
    public void close() {
        if (!closed) { // a database that is closed twice ends the process
            closed = true;
            purger.close();
            store.sync();
            store.close();
        }
    }
}
