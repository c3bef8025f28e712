package dev.cairn.kv;

import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.UpkeepOperation;
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
        to(draft, revision);
        return Optional.empty();
    }

    /** Makes {@code revision}, which is above the store's, the store's, and compacts to it; or says why it must not be. */
    static Optional<KvError> raise(Draft draft, long revision) {
        if (revision > UpkeepOperation.MAX_RAISED_REVISION) {
            return Optional.of(KvError.FUTURE_REVISION);
        }
        boolean isKept = draft.governance.keepRevisions() > 0 && draft.revision > KvState.FIRST_REVISION;
        if (isKept) {
            return Optional.of(KvError.KEPT_REVISION);
        }
        draft.revision = revision;
        to(draft, revision);
        return Optional.empty();
    }

    private static void to(Draft draft, long revision) {
        draft.compactRevision = revision;
        Sweep.start(draft, revision);
    }
}
