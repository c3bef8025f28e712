package dev.cairn.kv.store;

import dev.cairn.kv.KvState;
import dev.cairn.protocol.model.Height;
import java.util.Map;
import java.util.TreeMap;

/**
 * The states that others fetch. Old versions are removed from disk only as far as every pinned state is compacted itself.
 * Neither blocks nor waits for the disk.
 */
public final class Pins {
    private static final int MAX_STATES = 8;

    private record Pin(long compactRevision, int count) {}

    private final Purger purger;
    private final Map<Height, Pin> pins = new TreeMap<>();
    private long compactRevision;

    /** {@code compactRevision} is how far the state on disk is compacted. */
    public Pins(Purger purger, long compactRevision) {
        this.purger = purger;
        this.compactRevision = compactRevision;
        purge();
    }

    public synchronized void pin(KvState state) {
        if (pins.size() == MAX_STATES && !isPinned(state)) {
            throw new IllegalStateException(MAX_STATES + " states are pinned already");
        }
        pins.merge(
                state.height(),
                new Pin(state.compactRevision(), 1),
                (pin, _) -> new Pin(pin.compactRevision, pin.count + 1));
        purge();
    }

    public synchronized void unpin(KvState state) {
        if (!isPinned(state)) {
            throw new IllegalStateException("not pinned: the state of height " + state.height());
        }
        pins.computeIfPresent(
                state.height(), (_, pin) -> pin.count == 1 ? null : new Pin(pin.compactRevision, pin.count - 1));
        purge();
    }

    /** Of each height only one state is committed. */
    public synchronized boolean isPinned(KvState state) {
        return pins.containsKey(state.height());
    }

    public synchronized int states() {
        return pins.size();
    }

    /** What lies before {@code revision} is on disk for pinned states only. */
    public synchronized void compactTo(long revision) {
        compactRevision = revision;
        purge();
    }

    private void purge() {
        purger.compactTo(pins.values().stream().mapToLong(Pin::compactRevision).reduce(compactRevision, Math::min));
    }
}
