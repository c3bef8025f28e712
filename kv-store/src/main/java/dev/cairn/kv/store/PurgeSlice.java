package dev.cairn.kv.store;

import dev.cairn.protocol.model.Bytes;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;

/** A part of what a compaction removes from disk. */
final class PurgeSlice {
    private final Database db;
    private final WriteBatch batch;
    private final long compactRevision;

    PurgeSlice(Database db, WriteBatch batch, long compactRevision) {
        this.db = db;
        this.batch = batch;
        this.compactRevision = compactRevision;
    }

    /**
     * Marks for deletion, of each key, every version below its newest at or below the compact revision, and that one too
     * if it is the tombstone of a key which the tree has dropped. As long as the key is in the tree, the tombstone shows
     * whoever fetches the state that everything before it is compacted. Works through the keys from {@code cursor} and
     * returns where to go on, or null at the end. At most {@code maxVersions} are looked at, and the rest of one key.
     */
    byte @Nullable [] run(byte[] cursor, int maxVersions) throws RocksDBException {
        try (RocksIterator at = db.iterator(db.versions)) {
            Bytes current = null;
            boolean hasNewer = false;
            boolean keptNewest = false;
            int seen = 0;
            for (at.seek(cursor); at.isValid(); at.next()) {
                byte[] key = at.key();
                Bytes treeKey = RecordFormat.treeKeyOf(key);
                if (!treeKey.equals(current)) {
                    if (seen >= maxVersions) {
                        return key;
                    }
                    current = treeKey;
                    hasNewer = false;
                    keptNewest = false;
                }
                seen++;
                if (RecordFormat.revisionOf(key) > compactRevision) {
                    hasNewer = true;
                    continue;
                }
                if (keptNewest || (!hasNewer && isDropped(treeKey))) {
                    batch.delete(db.versions, key);
                }
                keptNewest = true;
            }
            at.status();
            batch.deleteRange(db.changes, RecordFormat.changeKey(0, 0), RecordFormat.changeKey(compactRevision, 0));
            return null;
        }
    }

    private boolean isDropped(Bytes treeKey) throws RocksDBException {
        return db.get(db.heads, RecordFormat.escape(treeKey)) == null;
    }
}
