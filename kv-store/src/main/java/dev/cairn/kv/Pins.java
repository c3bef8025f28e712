package dev.cairn.kv;

import dev.cairn.kv.store.Purger;
import java.util.IdentityHashMap;

/**
 * The states that others fetch. Old versions are removed from disk only as far as every pinned state is compacted itself.
 * Neither blocks nor waits for the disk.
 */
final class Pins {
    private static final int MAX_STATES = 8;

    private final Purger purger;
    private final IdentityHashMap<KvState, Integer> counts = new IdentityHashMap<>();
    private long compactRevision;

    /** {@code compactRevision} is how far the state on disk is compacted. */
    Pins(Purger purger, long compactRevision) {
        this.purger = purger;
        this.compactRevision = compactRevision;
        purge();
    }

    synchronized void pin(KvState state) {
        if (counts.size() == MAX_STATES && !counts.containsKey(state)) {
            throw new IllegalStateException(MAX_STATES + " states are pinned already");
        }
        counts.merge(state, 1, Integer::sum);
        purge();
    }

    synchronized void unpin(KvState state) {
        if (!counts.containsKey(state)) {
            throw new IllegalStateException("not pinned: the state of height " + state.height());
        }
        counts.computeIfPresent(state, (_, count) -> count == 1 ? null : count - 1);
        purge();
    }

    synchronized boolean isPinned(KvState state) {
        return counts.containsKey(state);
    }

    synchronized int states() {
        return counts.size();
    }

    /** What lies before {@code revision} is on disk for pinned states only. */
    synchronized void compactTo(long revision) {
        compactRevision = revision;
        purge();
    }

    private void purge() {
        purger.compactTo(
                counts.keySet().stream().mapToLong(KvState::compactRevision).reduce(compactRevision, Math::min));
    }
}
