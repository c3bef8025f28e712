package dev.cairn.kv;

import dev.cairn.kv.model.KvError;
import java.util.Optional;

/** Keeps, as etcd does, each key's newest version at or below the revision, and the tombstone exactly at it. */
final class Compaction {
    private Compaction() {}

    /** Starts it, or says why it must not be; the newest revisions that governance keeps are never compacted away. */
    static Optional<KvError> run(Draft draft, long revision) {
        if (revision <= draft.compactRevision) {
            return Optional.of(KvError.COMPACTED);
        }
        if (revision > draft.revision) {
            return Optional.of(KvError.FUTURE_REVISION);
        }
        if (revision > draft.revision - draft.governance.keepRevisions()) {
            return Optional.of(KvError.KEPT_REVISION);
        }
        draft.compactRevision = revision;
        Sweep.start(draft, revision);
        return Optional.empty();
    }
}
