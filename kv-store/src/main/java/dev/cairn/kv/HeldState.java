package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.store.Pins;
import dev.cairn.kv.store.StoreException;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * A committed state whose versions stay on disk until this is closed. Reads from disk, for as long as there are versions:
 * neither for the event loop nor for a thread that others wait for.
 */
public final class HeldState implements AutoCloseable {
    /** Revisions whose versions are in memory at a time, with their values. */
    private static final int PAGE_REVISIONS = 16;

    private static final KeySpan ALL = new KeySpan(Bytes.EMPTY, Optional.empty());

    private static final Comparator<KeyVersion> BY_REVISION =
            Comparator.comparingLong(KeyVersion::modRevision).thenComparingInt(KeyVersion::sub);

    private final KvState state;
    private final History history;
    private final Pins pins;

    /** {@code pins} holds the state already, once for this. */
    HeldState(KvState state, History history, Pins pins) {
        this.state = state;
        this.history = history;
        this.pins = pins;
    }

    public KvState state() {
        return state;
    }

    /** Takes versions. */
    public interface Visitor<X extends Exception> {
        /**
         * Takes the next one.
         *
         * @param value empty of a tombstone
         */
        void visit(KeyVersion version, Bytes value) throws X;
    }

    /**
     * Visits versions of clients' keys in order of revision and sub: of those at or below the compact revision the ones
     * that were their keys' newest at {@code asOf}, a tombstone only if it is of the compact revision itself; of those above
     * it all up to {@code through}. In memory are, of the former, their places, and of the latter a few.
     *
     * @param asOf at least the compact revision
     * @throws StoreException if the state was replaced meanwhile by another one, which a quorum certified
     */
    public <X extends Exception> void forEachVersion(long asOf, long through, Visitor<X> visitor) throws X {
        for (KeyVersion version : uncompacted(asOf)) {
            visitor.visit(version, value(version));
        }
        long from = Math.max(state.compactRevision() + 1, KvState.FIRST_REVISION);
        while (from <= through) {
            List<KeyVersion> page = history.changes(from, through, PAGE_REVISIONS);
            requireHeld();
            for (KeyVersion version : page) {
                if (Space.CLIENTS.holds(version.treeKey())) {
                    visitor.visit(version, value(version));
                }
            }
            from = page.isEmpty() ? through + 1 : page.getLast().modRevision() + 1;
        }
    }

    private List<KeyVersion> uncompacted(long asOf) {
        List<KeyVersion> found = new ArrayList<>();
        if (state.compactRevision() > KvState.NEVER_COMPACTED) {
            history.scan(Space.CLIENTS.treeSpan(ALL), asOf, version -> {
                boolean stays = version.isLive() || version.modRevision() == state.compactRevision();
                if (stays && version.modRevision() <= state.compactRevision()) {
                    found.add(lean(version));
                }
                return true;
            });
            requireHeld();
            found.sort(BY_REVISION);
        }
        return found;
    }

    /** The version as the tree has it, where it is its key's newest; else without its value, which is read when its turn comes. */
    private KeyVersion lean(KeyVersion version) {
        return state.tree()
                .get(version.treeKey())
                .map(Leaf::head)
                .filter(head -> head.digest().equals(version.digest()))
                .orElseGet(version::withoutValue);
    }

    private Bytes value(KeyVersion version) {
        Optional<Bytes> value = version.isLive() ? history.value(version) : Optional.of(Bytes.EMPTY);
        requireHeld();
        return value.orElseThrow(() -> new StoreException("the value of " + version + " is gone"));
    }

    private void requireHeld() {
        if (!pins.isPinned(state)) {
            throw new StoreException("the state was replaced by a newer one of the others; ask again");
        }
    }

    @Override
    public void close() {
        if (pins.isPinned(state)) {
            pins.unpin(state);
        }
    }
}
