package dev.cairn.kv.store;

import dev.cairn.kv.History;
import dev.cairn.kv.KeyEvent;
import dev.cairn.kv.KeySpan;
import dev.cairn.kv.KeyVersion;
import dev.cairn.kv.KvState;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.StateRoots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Slice;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The state in RocksDB: every version of every key back to the compact revision, each key's newest record, and which
 * keys each revision changed. One write batch moves a block's data and the applied height together. Batches are not
 * synced: the replica's log is, and what a crash takes from here is executed again from there.
 */
public final class KvStore implements History, AutoCloseable {
    private static final byte[] APPLIED = "applied".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHAIN = "chain".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 1;
    private static final String REMEDY =
            "; stop this replica, move the directory \"state\" away, not the log beside it,"
                    + " and start again: it is rebuilt from the log";

    private final Database db;
    private final WriteOptions unsynced = new WriteOptions().setSync(false);

    private KvStore(Database db) {
        this.db = db;
    }

    /** Opens or makes the store of one chain in {@code directory}. */
    public static KvStore open(Path directory, Digest chainId) {
        try {
            Files.createDirectories(directory);
        } catch (IOException e) {
            throw new StoreException("cannot make " + directory + ": " + e.getMessage(), e);
        }
        Database db = Database.open(directory);
        KvStore store = new KvStore(db);
        try {
            store.requireChain(directory, chainId);
        } catch (RocksDBException e) {
            store.close();
            throw unreadable(directory.toString(), e);
        } catch (RuntimeException e) {
            store.close();
            throw e;
        }
        return store;
    }

    private void requireChain(Path directory, Digest chainId) throws RocksDBException {
        byte[] mark = new ByteWriter(36).putInt(FORMAT).putDigest(chainId).toArray();
        byte[] found = db.get(db.meta, CHAIN);
        if (found == null) {
            db.put(db.meta, CHAIN, mark);
        } else if (!Arrays.equals(found, mark)) {
            throw new StoreException(directory + " holds the data of another cluster or of another format: point the"
                    + " replica at its own directory; nothing was changed");
        }
    }

    // Writing.

    /** Writes what a block changed. {@code state} is the state after it. */
    public void write(KvState state) {
        try (WriteBatch batch = new WriteBatch()) {
            Set<Bytes> heads = new LinkedHashSet<>();
            for (KeyEvent event : state.changes()) {
                KeyVersion change = event.change();
                Bytes value = change.value().resident().orElseThrow(() -> new IllegalStateException("value is gone"));
                batch.put(
                        db.versions,
                        RecordFormat.versionKey(change.treeKey(), change.modRevision(), change.sub()),
                        RecordFormat.version(change, value));
                batch.put(
                        db.changes,
                        RecordFormat.changeKey(change.modRevision(), change.sub()),
                        change.treeKey().shared());
                heads.add(change.treeKey());
            }
            heads.addAll(state.touchedSystem());
            heads.addAll(state.removed());
            for (Bytes key : heads) {
                writeHead(batch, state.tree(), key);
            }
            batch.put(db.meta, APPLIED, applied(state));
            db.write(unsynced, batch);
        } catch (RocksDBException e) {
            throw new StoreException(
                    "the state cannot be written: " + e.getMessage() + "; check the disk and its free space", e);
        }
        state.changes().forEach(event -> event.change().value().onPersisted());
    }

    private void writeHead(WriteBatch batch, Tree tree, Bytes key) throws RocksDBException {
        Optional<Leaf> leaf = tree.get(key);
        if (leaf.isEmpty()) {
            batch.delete(db.heads, RecordFormat.escape(key));
            return;
        }
        boolean isSystem = key.at(0) == 0;
        Bytes inline = isSystem ? leaf.get().head().value().resident().orElseThrow() : Bytes.EMPTY;
        batch.put(db.heads, RecordFormat.escape(key), RecordFormat.head(leaf.get(), inline));
    }

    private static byte[] applied(KvState state) {
        StateRoots roots = state.roots();
        return new ByteWriter(160)
                .putLong(state.height().value())
                .putLong(roots.firstRevision())
                .putLong(roots.lastRevision())
                .putLong(roots.compactRevision())
                .putDigest(roots.resultsRoot())
                .putDigest(roots.eventsRoot())
                .putDigest(roots.stateRoot())
                .toArray();
    }

    /** Makes everything written so far durable. */
    public void sync() {
        try {
            db.flushWal();
        } catch (RocksDBException e) {
            throw new StoreException("the state cannot be synced: " + e.getMessage(), e);
        }
    }

    /** Rebuilds the last written state. Its tree is made anew, so its root tells whether the disk held what it should. */
    public KvState load() {
        byte[] mark = get(db.meta, APPLIED);
        if (mark == null) {
            return KvState.genesis();
        }
        StateRoots roots = new StateRoots(
                BigEndian.getLong(mark, 8),
                BigEndian.getLong(mark, 16),
                BigEndian.getLong(mark, 24),
                Digest.read(mark, 32),
                Digest.read(mark, 64),
                Digest.read(mark, 96));
        TreeEditor tree = Tree.EMPTY.edit();
        try (RocksIterator all = db.iterator(db.heads)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                tree.put(RecordFormat.readHead(all.value()));
            }
            all.status();
        } catch (RocksDBException | RuntimeException e) {
            throw unreadable("the state", e);
        }
        Tree sealed = tree.seal();
        StateRoots found = new StateRoots(
                roots.firstRevision(),
                roots.lastRevision(),
                roots.compactRevision(),
                roots.resultsRoot(),
                roots.eventsRoot(),
                sealed.rootHash());
        return KvState.at(new Height(BigEndian.getLong(mark, 0)), sealed, found);
    }

    // Reading.

    @Override
    public Optional<Bytes> value(KeyVersion version) {
        Optional<Bytes> resident = version.value().resident();
        if (resident.isPresent() || !version.isLive()) {
            return resident;
        }
        byte[] record =
                get(db.versions, RecordFormat.versionKey(version.treeKey(), version.modRevision(), version.sub()));
        if (record == null) {
            return Optional.empty();
        }
        Bytes value = RecordFormat.valueOf(record);
        if (!Hashing.sha256(value.shared()).equals(version.value().digest())) {
            throw StoreException.damaged("the value of " + version + " is damaged on disk" + REMEDY);
        }
        version.value().keep(value);
        return Optional.of(value);
    }

    @Override
    public void scan(KeySpan treeSpan, long revision, Predicate<KeyVersion> visitor) {
        try (Slice end = upper(treeSpan);
                ReadOptions options = new ReadOptions().setIterateUpperBound(end);
                RocksIterator at = db.iterator(db.versions, options)) {
            at.seek(RecordFormat.bound(treeSpan.from()));
            while (at.isValid()) {
                byte[] key = at.key();
                if (RecordFormat.revisionOf(key) > revision) {
                    at.seek(RecordFormat.versionKey(RecordFormat.treeKeyOf(key), revision, Integer.MAX_VALUE));
                    continue;
                }
                KeyVersion version = RecordFormat.readVersion(key, at.value());
                if (!visitor.test(version)) {
                    break;
                }
                at.seek(RecordFormat.versionKey(version.treeKey(), 0, 0)); // no revision is 0: past its oldest version
            }
            at.status();
        } catch (RocksDBException e) {
            throw unreadable("the state", e);
        }
    }

    private static Slice upper(KeySpan treeSpan) {
        return new Slice(RecordFormat.bound(
                treeSpan.until().orElseThrow(() -> new IllegalArgumentException("a span of one space has an end"))));
    }

    @Override
    public List<KeyVersion> changes(long from, long to, int limit) {
        List<KeyVersion> found = new ArrayList<>();
        long lastRevision = -1;
        int revisions = 0;
        try (RocksIterator at = db.iterator(db.changes)) {
            for (at.seek(RecordFormat.changeKey(from, 0)); at.isValid(); at.next()) {
                long revision = BigEndian.getLong(at.key(), 0);
                revisions += revision == lastRevision ? 0 : 1;
                if (revision > to || revisions > limit) {
                    break;
                }
                lastRevision = revision;
                exact(Bytes.wrap(at.value()), revision, BigEndian.getInt(at.key(), 8))
                        .ifPresent(found::add);
            }
            at.status();
        } catch (RocksDBException e) {
            throw unreadable("the state", e);
        }
        return found;
    }

    private Optional<KeyVersion> exact(Bytes treeKey, long revision, int sub) {
        byte[] key = RecordFormat.versionKey(treeKey, revision, sub);
        byte[] record = get(db.versions, key);
        return record == null ? Optional.empty() : Optional.of(RecordFormat.readVersion(key, record));
    }

    @Override
    public Optional<KeyVersion> before(Bytes treeKey, long revision, int sub) {
        byte[] escaped = RecordFormat.escape(treeKey);
        try (RocksIterator at = db.iterator(db.versions)) {
            at.seek(RecordFormat.versionKey(treeKey, revision, sub));
            if (at.isValid()
                    && RecordFormat.treeKeyOf(at.key()).equals(treeKey)
                    && RecordFormat.revisionOf(at.key()) == revision
                    && RecordFormat.subOf(at.key()) == sub) {
                at.next();
            }
            boolean same = at.isValid()
                    && at.key().length == escaped.length + 12
                    && Arrays.equals(at.key(), 0, escaped.length, escaped, 0, escaped.length);
            at.status();
            return same ? Optional.of(RecordFormat.readVersion(at.key(), at.value())) : Optional.empty();
        } catch (RocksDBException e) {
            throw unreadable("the state", e);
        }
    }

    // Compaction.

    /**
     * Deletes from disk what a compaction has passed: for each key every version below its newest at or below {@code
     * compactRevision}, and that one too if it is a tombstone below it. Works through the keys from {@code cursor} and
     * returns where to go on, or null at the end. At most {@code maxVersions} are looked at.
     */
    public byte @Nullable [] purge(long compactRevision, byte[] cursor, int maxVersions) {
        int seen = 0;
        try (WriteBatch batch = new WriteBatch();
                RocksIterator at = db.iterator(db.versions)) {
            Bytes current = null;
            boolean keptNewest = false;
            for (at.seek(cursor); at.isValid(); at.next()) {
                byte[] key = at.key();
                Bytes treeKey = RecordFormat.treeKeyOf(key);
                if (!treeKey.equals(current)) {
                    if (seen >= maxVersions) {
                        db.write(unsynced, batch);
                        return key;
                    }
                    current = treeKey;
                    keptNewest = false;
                }
                seen++;
                long revision = RecordFormat.revisionOf(key);
                if (revision > compactRevision) {
                    continue;
                }
                boolean tombstone = !RecordFormat.readVersion(key, at.value()).isLive();
                if (keptNewest || (tombstone && revision < compactRevision)) {
                    batch.delete(db.versions, key);
                }
                keptNewest = true;
            }
            at.status();
            batch.deleteRange(db.changes, RecordFormat.changeKey(0, 0), RecordFormat.changeKey(compactRevision, 0));
            db.write(unsynced, batch);
            return null;
        } catch (RocksDBException e) {
            throw new StoreException("old versions cannot be removed: " + e.getMessage() + REMEDY, e);
        }
    }

    public long diskBytes() {
        return db.diskBytes();
    }

    private byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) {
        try {
            return db.get(family, key);
        } catch (RocksDBException e) {
            throw unreadable("the state", e);
        }
    }

    private static StoreException unreadable(String what, Exception e) {
        return new StoreException(what + " cannot be read (" + e.getMessage() + ")" + REMEDY, e);
    }

    @Override
    public void close() {
        unsynced.close();
        db.close();
    }
}
