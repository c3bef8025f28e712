package dev.cairn.kv.audit;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.guard.Objection;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import java.util.Optional;

/** What the text expects was so in the state before. */
final class PreconditionsHold implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        if (!(change.text() instanceof Change keys)) {
            return Optional.empty();
        }
        for (Precondition precondition : keys.preconditions()) {
            Optional<KeyVersion> found = change.before().live(Space.CLIENTS.treeKey(precondition.key()));
            if (!holds(precondition, found)) {
                long at = found.map(KeyVersion::modRevision).orElse(0L);
                return Optional.of(new Objection.Conflict(precondition, at).sentence());
            }
        }
        return Optional.empty();
    }

    private static boolean holds(Precondition precondition, Optional<KeyVersion> found) {
        return switch (precondition) {
            case Precondition.Absent _ -> found.isEmpty();
            case Precondition.LastWrittenAt at ->
                found.filter(version -> version.modRevision() == at.revision()).isPresent();
            case Precondition.HasValue has ->
                found.filter(version -> version.value().digest().equals(has.valueDigest()))
                        .isPresent();
        };
    }
}
