package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which leases live, and which keys are attached to them, in the state that a block makes. A key is attached to the
 * lease that its newest version names, if a record of that stands here. It stands nowhere for a key that outlived its
 * lease, because a guard had come to decide on it: such a version goes on naming a lease that is gone, and takes no
 * part in one that is given the same id later.
 */
final class Leases {
    private final Draft draft;

    Leases(Draft draft) {
        this.draft = draft;
    }

    boolean isAlive(long id) {
        return draft.tree.get(LeaseKeys.lease(id)).isPresent();
    }

    Optional<LeaseRecord> find(long id) {
        return draft.system(LeaseKeys.lease(id)).map(LeaseRecord::decode);
    }

    /** Makes the lease, or lets it end at another time. */
    void put(long id, LeaseRecord lease) {
        Optional<LeaseRecord> before = find(id);
        if (before.isPresent() && before.get().equals(lease)) {
            return;
        }
        before.ifPresent(old -> draft.removeSystem(LeaseKeys.expiry(old.endMillis(), id)));
        draft.putSystem(LeaseKeys.lease(id), lease.encode());
        draft.putSystem(LeaseKeys.expiry(lease.endMillis(), id), Bytes.EMPTY);
    }

    /** Removes the lease, which lives; attached keys are seen to before. */
    void remove(long id) {
        LeaseRecord lease = find(id).orElseThrow();
        draft.removeSystem(LeaseKeys.expiry(lease.endMillis(), id));
        draft.removeSystem(LeaseKeys.lease(id));
    }

    long count() {
        return draft.tree.liveCount(LeaseKeys.ALL);
    }

    /** At most {@code max} leases that have ended when the clock shows {@code millis}, the first to end first. */
    List<Long> ended(long millis, int max) {
        List<Long> ids = new ArrayList<>();
        draft.tree.forEach(LeaseKeys.endedAt(millis), expiry -> {
            ids.add(LeaseKeys.leaseId(expiry.treeKey()));
            return ids.size() < max;
        });
        return ids;
    }

    // Attached keys.

    /** In their order. */
    List<Bytes> keys(long id) {
        List<Bytes> keys = new ArrayList<>();
        draft.tree.forEach(LeaseKeys.attachedTo(id), record -> keys.add(LeaseKeys.attachedKey(record.treeKey())));
        return keys;
    }

    /** The lease that a version is attached to; 0 if to none. */
    long of(KeyVersion version) {
        return isAttached(version) ? version.lease() : 0;
    }

    private boolean isAttached(KeyVersion version) {
        return version.lease() != 0
                && draft.tree
                        .get(LeaseKeys.attached(version.lease(), version.key()))
                        .isPresent();
    }

    /**
     * Why a key cannot be attached: an end of a lease deletes all its keys in one revision, and may cost no more than
     * any operation.
     */
    Optional<KvError> cannotAttach(long id, Bytes treeKey) {
        if (id == 0) {
            return Optional.empty();
        }
        Bytes record = LeaseKeys.attached(id, Space.key(treeKey));
        if (draft.tree.get(record).isPresent()) {
            return Optional.empty();
        }
        if (!draft.tree.fits(record, LeaseKeys.LEVELS)) {
            return Optional.of(KvError.KEY_TOO_NESTED);
        }
        KeySpan others = LeaseKeys.attachedTo(id);
        return draft.tree.liveCount(others) >= draft.around.limits().keysVisited()
                ? Optional.of(KvError.TOO_COSTLY)
                : Optional.empty();
    }

    /** A version came to be. */
    void attach(KeyVersion version) {
        if (version.lease() != 0 && !isAttached(version)) {
            draft.putSystem(LeaseKeys.attached(version.lease(), version.key()), Bytes.EMPTY);
        }
    }

    /** A version is replaced. */
    void detach(KeyVersion version) {
        if (version.lease() != 0) {
            detach(version.lease(), version.key());
        }
    }

    void detach(long id, Bytes key) {
        draft.removeSystem(LeaseKeys.attached(id, key));
    }
}
