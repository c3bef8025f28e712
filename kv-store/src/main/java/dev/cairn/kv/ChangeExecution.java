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

/** A change of keys. */
final class ChangeExecution implements TextExecution {
    private final Draft draft;
    private final Change change;

    ChangeExecution(Draft draft, Change change) {
        this.draft = draft;
        this.change = change;
    }

    @Override
    public List<Objection> conflicts() {
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

    @Override
    public Optional<Outcome.Failed> write(Writer writer, List<Bytes> values) {
        Iterator<Bytes> next = values.iterator();
        long treeBytes = Room.treeBytes(draft, change);
        for (ChangeOperation operation : change.operations()) {
            Outcome outcome = switch (operation) {
                case ChangeOperation.Put put ->
                    writer.put(new Operation.Put(put.key(), next.next(), 0, false, false, false), treeBytes);
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
