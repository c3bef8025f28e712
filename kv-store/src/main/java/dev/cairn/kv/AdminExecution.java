package dev.cairn.kv;

import dev.cairn.kv.change.AdminChange;
import dev.cairn.kv.change.AdminOperation;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.guard.Amendment;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A change of the governance. It holds from the next operation on. */
final class AdminExecution implements TextExecution {
    private final Draft draft;
    private final AdminChange change;
    private final Digest digest;

    AdminExecution(Draft draft, AdminChange change, Digest digest) {
        this.draft = draft;
        this.change = change;
        this.digest = digest;
    }

    @Override
    public boolean isTooMuch() {
        return changedSince().isEmpty() && draft.amendment(change, digest).isEmpty();
    }

    private Amendment amendment() {
        return draft.amendment(change, digest)
                .orElseThrow(() -> new IllegalStateException("whether it is too much is asked first: " + digest));
    }

    /**
     * Nobody changes a governance that they have not seen. Revoking is no matter of what else has changed: whoever owns a prefix
     * could change it in every block, and no revocation would ever come through.
     */
    private Optional<Objection> changedSince() {
        long changedAt = draft.tree
                .get(Space.LEDGER.treeKey(LedgerKeys.GOVERNANCE))
                .map(Leaf::maxModRevision)
                .orElse(0L);
        if (changedAt > change.baseRevision() && !change.onlyRevokes()) {
            return Optional.of(new Objection.GovernanceChanged(change.baseRevision(), changedAt));
        }
        return Optional.empty();
    }

    @Override
    public List<Objection> conflicts() {
        Optional<Objection> unseen = changedSince();
        if (unseen.isPresent()) {
            return List.of(unseen.get());
        }
        return switch (amendment()) {
            case Amendment.To(Governance next) -> keptRevisions(next);
            case Amendment.Impossible(List<Objection> objections) -> objections;
        };
    }

    private List<Objection> keptRevisions(Governance next) {
        long most = draft.revision - next.keepRevisions();
        return compactions()
                .filter(compact -> compact.revision() > most)
                .<Objection>map(compact -> new Objection.KeepsRevisions(compact.revision(), Math.max(0, most)))
                .toList();
    }

    @Override
    public Optional<Outcome.Failed> write(Writer writer, List<Bytes> values) {
        if (!(amendment() instanceof Amendment.To(Governance next))) {
            throw new IllegalStateException("a conflict was overlooked: " + digest);
        }
        if (!next.equals(draft.governance)) {
            draft.governance = next;
            writer.putRecord(LedgerKeys.GOVERNANCE, next.text());
        }
        compactions().forEach(this::compact);
        return Optional.empty();
    }

    /** What is compacted further already needs nothing of it but to forget changes. */
    private void compact(AdminOperation.Compact compact) {
        Optional<KvError> error = Compaction.run(draft, compact.revision());
        if (error.isPresent() && error.get() != KvError.COMPACTED) {
            throw new IllegalStateException("a conflict was overlooked: " + error.get());
        }
        ChangeSweep.start(draft, compact.revision());
    }

    private Stream<AdminOperation.Compact> compactions() {
        return change.operations().stream()
                .filter(AdminOperation.Compact.class::isInstance)
                .map(AdminOperation.Compact.class::cast);
    }
}
