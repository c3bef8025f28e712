package dev.cairn.kv;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The writes of one operation: all of one revision, numbered in order. Whether it may write there is asked before. */
final class Writer {
    private final Draft draft;
    private final Limits limits;
    private final long base;
    private int sub;

    Writer(Draft draft) {
        this.draft = draft;
        this.limits = draft.around.limits();
        this.base = draft.revision;
    }

    /** The revision as a header inside this operation shows it. */
    long seen() {
        return sub == 0 ? base : base + 1;
    }

    /** The revision of what is written here. */
    long revision() {
        return base + 1;
    }

    Outcome.Failed failed(KvError error) {
        return new Outcome.Failed(seen(), error);
    }

    // Clients' keys.

    /** @param treeBytes at this weight of the tree nothing is put any more */
    Outcome put(Operation.Put put, long treeBytes) {
        Bytes key = Space.CLIENTS.treeKey(put.key());
        Optional<Leaf> leaf = draft.tree.get(key);
        Optional<KeyVersion> live = leaf.map(Leaf::head).filter(KeyVersion::isLive);
        Optional<KvError> error = checkPut(put, live, draft.leases);
        if (error.isPresent()) {
            return failed(error.get());
        }
        if (!draft.tree.fits(key, Space.LEVELS)) {
            return failed(KvError.KEY_TOO_NESTED);
        }
        if (draft.tree.weightBytes() >= treeBytes) {
            return failed(KvError.NO_SPACE);
        }
        long lease = put.ignoreLease() ? live.map(draft.leases::of).orElse(0L) : put.lease();
        Optional<KvError> unattachable = draft.leases.cannotAttach(lease, key);
        if (unattachable.isPresent()) {
            return failed(unattachable.get());
        }
        Value value = put.ignoreValue() ? sameAgain(live.orElseThrow()) : Value.of(put.value());
        put(key, leaf, lease, value);
        return new Outcome.Put(seen(), put.prevKv() ? live : Optional.empty());
    }

    static Optional<KvError> checkPut(Operation.Put put, Optional<KeyVersion> live, Leases leases) {
        if (put.lease() != 0 && !leases.isAlive(put.lease())) {
            return Optional.of(KvError.LEASE_NOT_FOUND);
        }
        boolean needsKey = put.ignoreValue() || put.ignoreLease();
        return needsKey && live.isEmpty() ? Optional.of(KvError.KEY_NOT_FOUND) : Optional.empty();
    }

    /** A value of its own: the old one's bytes may be on disk only, and the new version is still to be written. */
    private Value sameAgain(KeyVersion version) {
        return Value.of(draft.around
                .history()
                .value(version)
                .orElseThrow(() -> new IllegalStateException("the newest version is never removed: " + version)));
    }

    Outcome delete(Operation.DeleteRange delete) {
        KeySpan span = Space.CLIENTS.treeSpan(KeySpan.of(delete.key(), delete.rangeEnd()));
        if (draft.tree.liveCount(span) > limits.keysVisited()) {
            return failed(KvError.TOO_COSTLY);
        }
        List<KeyVersion> doomed = new ArrayList<>();
        draft.tree.forEach(span, version -> !version.isLive() || doomed.add(version));
        long bytes = doomed.stream().mapToLong(KeyVersion::sizeBytes).sum();
        if (delete.prevKv() && bytes > limits.bytesMoved()) {
            return failed(KvError.TOO_COSTLY);
        }
        doomed.forEach(this::bury);
        return new Outcome.Deleted(seen(), doomed.size(), delete.prevKv() ? doomed : List.of());
    }

    /** Deletes a key that lives. */
    void delete(Bytes key) {
        draft.tree
                .get(Space.CLIENTS.treeKey(key))
                .map(Leaf::head)
                .filter(KeyVersion::isLive)
                .ifPresent(this::bury);
    }

    // The ledger's.

    void putRecord(Bytes key, Bytes value) {
        Bytes treeKey = Space.LEDGER.treeKey(key);
        put(treeKey, draft.tree.get(treeKey), 0, Value.of(value));
    }

    /** Removes a record, if it is there. */
    void removeRecord(Bytes key) {
        draft.tree
                .get(Space.LEDGER.treeKey(key))
                .map(Leaf::head)
                .filter(KeyVersion::isLive)
                .ifPresent(this::bury);
    }

    void removeRecords(KeySpan keys) {
        List<KeyVersion> doomed = new ArrayList<>();
        draft.tree.forEach(Space.LEDGER.treeSpan(keys), version -> !version.isLive() || doomed.add(version));
        doomed.forEach(this::bury);
    }

    // Both.

    private void put(Bytes key, Optional<Leaf> leaf, long lease, Value value) {
        Optional<KeyVersion> live = leaf.map(Leaf::head).filter(KeyVersion::isLive);
        long created = live.map(KeyVersion::createRevision).orElse(base + 1);
        long version = live.map(KeyVersion::version).orElse(0L) + 1;
        write(KeyVersion.put(key, base + 1, sub, created, version, lease, value), leaf, live);
    }

    private void bury(KeyVersion version) {
        Optional<Leaf> leaf = draft.tree.get(version.treeKey());
        write(KeyVersion.tombstone(version.treeKey(), base + 1, sub), leaf, Optional.of(version));
    }

    private void write(KeyVersion version, Optional<Leaf> replaced, Optional<KeyVersion> previous) {
        MerkleFrontier earlier = replaced.map(
                        leaf -> leaf.history().append(leaf.head().digest()))
                .orElse(MerkleFrontier.EMPTY);
        Leaf leaf = new Leaf(version, earlier);
        draft.tree.put(leaf);
        draft.written.add(leaf);
        draft.changes.add(new KeyEvent(version, previous));
        previous.ifPresent(draft.leases::detach);
        draft.leases.attach(version);
        sub++;
    }
}
