package dev.cairn.kv;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/** The state that a block's execution is making, as far as it has come. */
final class Draft {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    final KvState parent;
    final Proposal proposal;
    final Surroundings around;
    final TreeEditor tree;
    final List<KeyEvent> changes = new ArrayList<>();
    final List<Leaf> written = new ArrayList<>();
    final List<Bytes> touchedSystem = new ArrayList<>();
    final List<Bytes> removed = new ArrayList<>();
    long revision;
    long compactRevision;
    Governance governance;
    final Leases leases = new Leases(this);
    private final Amendments amendments = new Amendments();

    Draft(KvState parent, Proposal proposal, Surroundings around) {
        this.parent = parent;
        this.proposal = proposal;
        this.around = around;
        this.tree = parent.tree().edit();
        this.revision = parent.revision();
        this.compactRevision = parent.compactRevision();
        this.governance = parent.governance();
    }

    /** The block's time, in whole seconds since 1970, rounded down. */
    long nowSeconds() {
        return Math.floorDiv(proposal.timeNanos(), NANOS_PER_SECOND);
    }

    /** What the change would make of the governance; nothing if too many were asked for in this block. */
    Optional<Amendment> amendment(AdminChange change, Digest digest) {
        return amendments.of(change, digest, governance, nowSeconds());
    }

    RangeReader reader() {
        Unpersisted overlay = parent.unpersisted().with(proposal.height(), changes, around.persisted());
        return new RangeReader(RangeReader.Source.of(tree), overlay, around.history(), around.limits());
    }

    /** A system record, if it is there. */
    Optional<Bytes> system(Bytes key) {
        return tree.get(key)
                .map(leaf -> leaf.head()
                        .value()
                        .resident()
                        .orElseThrow(() -> new IllegalStateException("system records stay in memory")));
    }

    void putSystem(Bytes key, Bytes value) {
        long height = proposal.height().value();
        tree.put(new Leaf(KeyVersion.put(key, height, 0, 0, 0, 0, Value.of(value)), MerkleFrontier.EMPTY));
        touchedSystem.add(key);
    }

    /** Removes a system record, if it is there. */
    void removeSystem(Bytes key) {
        if (tree.get(key).isPresent()) {
            tree.remove(key);
            removed.add(key);
        }
    }

    /** The writes of one operation, of one revision. */
    Outcome write(Function<Writer, Outcome> operation) {
        Writer writer = new Writer(this);
        Outcome outcome = operation.apply(writer);
        revision = writer.seen();
        return outcome;
    }

    /** Writes of the block itself, that no operation asked for. */
    void writeUnasked(Consumer<Writer> work) {
        Writer writer = new Writer(this);
        work.accept(writer);
        revision = writer.seen();
    }

    /** As {@link #write}; and where the operation fails, all is as it was before. */
    Outcome transact(Function<Writer, Outcome> operation) {
        TreeEditor.Savepoint before = tree.savepoint();
        Lengths lengths = Lengths.of(this);
        long compactBefore = compactRevision;
        Governance governanceBefore = governance;
        Writer writer = new Writer(this);
        Outcome outcome = operation.apply(writer);
        if (outcome instanceof Outcome.Failed) {
            before.rollBack();
            lengths.restore(this);
            compactRevision = compactBefore;
            governance = governanceBefore;
        } else {
            revision = writer.seen();
        }
        return outcome;
    }

    /** How much the lists hold, which only grow. */
    private record Lengths(int changes, int written, int touchedSystem, int removed) {
        static Lengths of(Draft draft) {
            return new Lengths(
                    draft.changes.size(), draft.written.size(), draft.touchedSystem.size(), draft.removed.size());
        }

        void restore(Draft draft) {
            cut(draft.changes, changes);
            cut(draft.written, written);
            cut(draft.touchedSystem, touchedSystem);
            cut(draft.removed, removed);
        }

        private static void cut(List<?> list, int length) {
            list.subList(length, list.size()).clear();
        }
    }
}
