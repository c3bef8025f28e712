package dev.cairn.kv;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;

/** What a change finds in the state, and what it does there. */
final class ChangeExecution {
    private final Draft draft;
    private final Change change;

    ChangeExecution(Draft draft, Change change) {
        this.draft = draft;
        this.change = change;
    }

    /** Preconditions that do not hold now. */
    List<Objection> conflicts() {
        List<Objection> conflicts = new ArrayList<>();
        for (Precondition precondition : change.preconditions()) {
            Optional<KeyVersion> found = draft.tree
                    .get(Space.CLIENTS.treeKey(precondition.key()))
                    .map(Leaf::head)
                    .filter(KeyVersion::isLive);
            if (!holds(precondition, found)) {
                conflicts.add(new Objection.Conflict(
                        precondition, found.map(KeyVersion::modRevision).orElse(0L)));
            }
        }
        return conflicts;
    }

    private static boolean holds(Precondition precondition, Optional<KeyVersion> found) {
        return switch (precondition) {
            case Precondition.Absent _ -> found.isEmpty();
            case Precondition.LastWrittenAt(Bytes _, long revision) ->
                found.isPresent() && found.get().modRevision() == revision;
            case Precondition.HasValue has ->
                found.isPresent() && found.get().value().digest().equals(has.valueDigest());
        };
    }

    /** Whether the state that the author looked at is one that this store still tells of. */
    Optional<Objection> objectionToBase() {
        if (change.baseRevision() > draft.revision) {
            return Optional.of(new Objection.BaseAhead(change.baseRevision(), draft.revision));
        }
        return change.baseRevision() < draft.compactRevision
                ? Optional.of(new Objection.BaseCompacted(change.baseRevision(), draft.compactRevision))
                : Optional.empty();
    }

    /**
     * Does all of it.
     *
     * @param values of the puts, in their order
     * @return why the store has no room for it; then it is for the caller to undo what was done
     */
    Optional<Outcome.Failed> write(Writer writer, List<Bytes> values) {
        Iterator<Bytes> next = values.iterator();
        for (ChangeOperation operation : change.operations()) {
            Outcome outcome = switch (operation) {
                case ChangeOperation.Put put ->
                    writer.put(
                            new Operation.Put(put.key(), next.next(), 0, false, false, false),
                            draft.around.limits().treeBytes());
                case ChangeOperation.Delete delete ->
                    writer.delete(new Operation.DeleteRange(delete.key(), Bytes.EMPTY, false));
                case ChangeOperation.DeleteRange range ->
                    writer.delete(new Operation.DeleteRange(range.from(), range.until(), false));
            };
            if (outcome instanceof Outcome.Failed failed) {
                return Optional.of(failed);
            }
        }
        return Optional.empty();
    }
}
