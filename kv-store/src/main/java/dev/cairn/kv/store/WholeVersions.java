package dev.cairn.kv.store;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.Optional;
import org.rocksdb.RocksIterator;

/** Reads all versions beside the tree that they belong to, both in key order. */
final class WholeVersions {
    private final RocksIterator at;
    private final long compactRevision;
    private boolean areSound = true;

    WholeVersions(RocksIterator at, long compactRevision) {
        this.at = at;
        this.compactRevision = compactRevision;
    }

    /**
     * Whether every client's key has its versions, from the newest back to the newest at or below the compact revision,
     * each with the history that it should have; and whether no other key has any. Still older versions do no harm: some
     * sender had not removed them yet, and the next compaction will.
     */
    boolean hold(Tree tree) {
        at.seekToFirst();
        tree.forEachLeaf(new KeySpan(Bytes.EMPTY, Optional.empty()), leaf -> {
            areSound = KvRecords.isSystem(leaf.head().treeKey()) || passVersionsOf(leaf);
            return areSound;
        });
        return areSound && !at.isValid();
    }

    private boolean passVersionsOf(Leaf newest) {
        Bytes key = newest.head().treeKey();
        MerkleFrontier history = newest.history().append(newest.head().digest());
        for (boolean wasOldest = false; !wasOldest; at.next()) {
            if (!isOf(key)) {
                return false;
            }
            KeyVersion version = RecordFormat.readVersion(at.key(), at.value());
            MerkleFrontier earlier = RecordFormat.earlierOf(at.value());
            if (!earlier.append(version.digest()).equals(history)) {
                return false;
            }
            history = earlier;
            wasOldest = earlier.size() == 0 || version.modRevision() <= compactRevision;
        }
        while (isOf(key)) {
            at.next();
        }
        return true;
    }

    private boolean isOf(Bytes key) {
        return at.isValid() && RecordFormat.treeKeyOf(at.key()).equals(key);
    }
}
