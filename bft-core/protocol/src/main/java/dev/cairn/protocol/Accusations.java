package dev.cairn.protocol;

import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/**
 * Keeps proofs that a replica signed what contradicts itself, durably and a few of each culprit: one convicts, and
 * writing down more would let a liar fill the disk.
 */
final class Accusations {
    static final int MAX_PER_CULPRIT = 4;

    private final Core core;
    private final List<Evidence> kept;

    Accusations(Core core, Recovery recovery) {
        this.core = core;
        this.kept = new ArrayList<>(recovery.evidence());
    }

    /** Whether another proof against {@code culprit} would be kept. */
    boolean wantsMoreOf(ReplicaId culprit) {
        return kept.stream().filter(e -> e.culprit().equals(culprit)).count() < MAX_PER_CULPRIT;
    }

    void accuse(Evidence evidence) {
        if (wantsMoreOf(evidence.culprit()) && kept.stream().noneMatch(evidence::repeats)) {
            kept.add(evidence);
            core.persist(new LogRecord.Misconduct(evidence));
            core.emit(new Effect.Accuse(evidence));
        }
    }

    List<Evidence> kept() {
        return List.copyOf(kept);
    }
}
