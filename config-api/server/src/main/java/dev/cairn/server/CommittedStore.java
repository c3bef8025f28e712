package dev.cairn.server;

import dev.cairn.kv.HeldState;
import dev.cairn.kv.KvState;
import dev.cairn.kv.KvStateMachine;
import dev.cairn.kv.LeaseView;
import dev.cairn.kv.Proof;
import dev.cairn.kv.Unsigned;
import dev.cairn.kv.auth.Authoriser;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.guard.Right;
import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Question;
import dev.cairn.kv.store.StoreException;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.Committed;
import dev.cairn.server.etcd.Store;
import dev.cairn.server.proven.ProofSource;
import dev.cairn.server.watch.Change;
import dev.cairn.server.watch.KeyInterval;
import dev.cairn.server.watch.Timeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/** The state machine's committed state, as services, watches and dashboards see it. */
final class CommittedStore implements Store, Timeline, StoreGauges, ProofSource {
    private static final int PAGE_REVISIONS = 1000;
    private static final long PAGE_BYTES = 1 << 20;

    private final KvStateMachine machine;
    private final Consumer<StoreException> onDamage;
    private final CommittedPermits permits = new CommittedPermits();

    /** {@code onDamage} is told when a read finds that the state on disk is damaged; the read fails too. */
    CommittedStore(KvStateMachine machine, Consumer<StoreException> onDamage) {
        this.machine = machine;
        this.onDamage = onDamage;
    }

    private <T> T reading(Supplier<T> read) {
        try {
            return read.get();
        } catch (StoreException e) {
            if (e.isDamage()) {
                onDamage.accept(e);
            }
            throw e;
        }
    }

    @Override
    public long revision() {
        return machine.committed().revision();
    }

    @Override
    public SortedSet<Alarm> alarms() {
        return machine.alarms();
    }

    @Override
    public int raisedAlarms() {
        return machine.alarms().size();
    }

    @Override
    public long dataBytes() {
        return machine.committed().tree().dataBytes();
    }

    @Override
    public long quotaBytes() {
        return machine.limits().quotaBytes();
    }

    @Override
    public Root root() {
        KvState state = machine.committed();
        return new Root(state.roots().stateRoot(), state.revision());
    }

    /** The committed state, for a reader of all of it. Waits until it is on disk. */
    HeldState hold() {
        return reading(machine::hold);
    }

    @Override
    public long compactRevision() {
        return machine.committed().compactRevision();
    }

    @Override
    public long keys() {
        return machine.committed().tree().liveCount(Space.CLIENTS.treeSpan(KeySpan.prefix(Bytes.EMPTY)));
    }

    @Override
    public long treeBytes() {
        return machine.committed().tree().weightBytes();
    }

    @Override
    public long diskBytes() {
        return machine.diskBytes();
    }

    @Override
    public int pinnedStates() {
        return machine.pinnedStates();
    }

    /** The committed state. */
    KvState state() {
        return machine.committed();
    }

    @Override
    public Proof prove(KvState state, Question.OfState question) {
        return reading(() -> machine.prove(state, question, MAX_PROOF_BYTES));
    }

    @Override
    public Proof receipt(KvState state, Block block, int index) {
        return reading(() -> machine.receipt(state, block, index, false, MAX_RECEIPT_BYTES));
    }

    @Override
    public long newestRevision(KvState state, Space space, KeySpan span) {
        return state.tree().maxModRevision(space.treeSpan(span));
    }

    /** What is wrong with a signed operation whatever the state is; verifies signatures. */
    Optional<String> fault(Operation operation) {
        return machine.fault(operation);
    }

    @Override
    public long leaseCount() {
        return committed().leases().count();
    }

    @Override
    public long pendingChanges() {
        return machine.committed().tree().liveCount(Space.LEDGER.treeSpan(LedgerKeys.ALL_PENDING));
    }

    @Override
    public long signaturesVerified() {
        return machine.signaturesVerified();
    }

    @Override
    public long signaturesRefused() {
        return machine.signaturesRefused();
    }

    @Override
    public long textsRead() {
        return machine.textsRead();
    }

    @Override
    public long readTextBytes() {
        return machine.readTextBytes();
    }

    @Override
    public Outcome read(Optional<Caller> caller, Operation.Range range) {
        KvState state = machine.committed();
        return refusal(state, caller, range).orElseGet(() -> reading(() -> machine.range(state, range)));
    }

    @Override
    public Function<Operation.Range, Outcome> snapshot(Optional<Caller> caller) {
        KvState state = machine.committed();
        return range -> refusal(state, caller, range).orElseGet(() -> reading(() -> machine.range(state, range)));
    }

    @Override
    public Outcome read(Optional<Caller> caller, Operation.Txn txn) {
        KvState state = machine.committed();
        return refusal(state, caller, txn).orElseGet(() -> reading(() -> machine.readOnlyTxn(state, txn)));
    }

    private Optional<Outcome> refusal(KvState state, Optional<Caller> caller, Operation operation) {
        return authoriser(state).refusal(caller, operation).map(error -> new Outcome.Failed(state.revision(), error));
    }

    @Override
    public Committed committed() {
        KvState state = machine.committed();
        return new Committed(state.auth(), authoriser(state), new LeaseView(state));
    }

    private Authoriser authoriser(KvState state) {
        return permits.at(state.auth(), machine.attachments(state));
    }

    @Override
    public Optional<String> needsSignatures(Operation operation) {
        return new Unsigned(machine.committed().governance()).reason(operation);
    }

    /** Why nobody may do what the right is for without signatures, in one line; nothing if they may. Never blocks. */
    Optional<String> needsSignatures(Right right) {
        return new Unsigned(machine.committed().governance()).reason(right);
    }

    @Override
    public Optional<Bytes> value(KeyVersion version) {
        Optional<Bytes> resident = version.value().resident();
        return resident.isPresent()
                ? resident
                : reading(() -> machine.load(version).map(KeyValue::value));
    }

    @Override
    public Page read(KeyInterval interval, long from) {
        Optional<KvStateMachine.HistoryPage> page =
                reading(() -> machine.history(interval::holds, from, Long.MAX_VALUE, PAGE_REVISIONS));
        return page.<Page>map(this::cut).orElseGet(() -> new Page.Compacted(compactRevision()));
    }

    /** Ends the page after the revision that makes it large. */
    private Page cut(KvStateMachine.HistoryPage page) {
        List<Change> changes = new ArrayList<>();
        long bytes = 0;
        long revision = 0;
        for (KeyEvent event : page.changes()) {
            if (event.change().modRevision() != revision && bytes >= PAGE_BYTES) {
                return new Page.Changes(changes, revision);
            }
            revision = event.change().modRevision();
            bytes += event.change().value().length()
                    + event.previous()
                            .map(previous -> previous.value().length())
                            .orElse(0);
            changes.add(new KvChange(event, this));
        }
        return new Page.Changes(changes, page.through());
    }

    /** What a block changed, for the watch hub. */
    List<Change> changes(KvState state) {
        return state.changes().stream()
                .filter(event -> Space.CLIENTS.holds(event.change().treeKey()))
                .<Change>map(event -> new KvChange(event, this))
                .toList();
    }
}
