package dev.cairn.kv.store;

import dev.cairn.kv.History;
import dev.cairn.kv.KvState;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
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
import java.nio.charset.StandardCharsets;
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
 * The state in one database: every version of every key back to the compact revision, each key's newest record, and
 * which keys each revision changed. One write batch moves a block's data and the applied height together. Batches are
 * not synced: the replica's log is, and what a crash takes from here is executed again from there.
 */
final class KvRecords implements History, AutoCloseable {
    private static final byte[] APPLIED = "applied".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] CHAIN = "chain".getBytes(StandardCharsets.US_ASCII);
    private static final int FORMAT = 2;
    private static final String REMEDY =
            "; stop this replica, move the directory \"state\" away, not the log beside it,"
                    + " and start again: it is rebuilt from the log";

    private final Database db;
    private final WriteOptions unsynced = new WriteOptions().setSync(false);

    private KvRecords(Database db) {
        this.db = db;
    }

    /** Opens or makes the records of one chain in {@code directory}. */
    static KvRecords open(Path directory, Digest chainId) {
        Directories.make(directory);
        Database db = Database.open(directory);
        KvRecords store = new KvRecords(db);
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
            boolean ofThisChain =
                    found.length == mark.length && Digest.read(found, 4).equals(chainId);
            throw new StoreException(
                    ofThisChain
                            ? directory
                                    + " was written by another version of this program: move it away and start again;"
                                    + " it is rebuilt from the log"
                            : directory + " holds the data of another cluster: point the replica at its own directory;"
                                    + " nothing was changed");
        }
    }

    // Writing.

    /** Writes what a block changed. {@code state} is the state after it. */
    void write(KvState state) {
        try (WriteBatch batch = new WriteBatch()) {
            Set<Bytes> heads = new LinkedHashSet<>();
            for (Leaf leaf : state.written()) {
                putVersion(batch, leaf);
                putChange(batch, leaf.head());
                heads.add(leaf.head().treeKey());
            }
            heads.addAll(state.touchedSystem());
            heads.addAll(state.removed());
            for (Bytes key : heads) {
                Optional<Leaf> leaf = state.tree().get(key);
                if (leaf.isPresent()) {
                    putHead(batch, leaf.get());
                } else {
                    batch.delete(db.heads, RecordFormat.escape(key));
                }
            }
            batch.put(db.meta, APPLIED, applied(state.height(), state.roots()));
            db.write(unsynced, batch);
        } catch (RocksDBException e) {
            throw unwritable(e);
        }
        state.written().forEach(leaf -> leaf.head().value().onPersisted());
    }

    /** Writes what came of another state; its versions need their values. In any order, and again if need be. */
    void write(Iterable<Leaf> versions, Iterable<Leaf> heads, long compactRevision) {
        try (WriteBatch batch = new WriteBatch()) {
            for (Leaf version : versions) {
                if (isSystem(version.head().treeKey())) {
                    continue;
                }
                putVersion(batch, version);
                if (version.head().modRevision() >= compactRevision) {
                    putChange(batch, version.head());
                }
            }
            for (Leaf head : heads) {
                putHead(batch, head);
            }
            db.write(unsynced, batch);
        } catch (RocksDBException e) {
            throw unwritable(e);
        }
    }

    /** Says which state all of this is. */
    void writeApplied(Height height, StateRoots roots) {
        try {
            db.put(db.meta, APPLIED, applied(height, roots));
        } catch (RocksDBException e) {
            throw unwritable(e);
        }
    }

    private void putVersion(WriteBatch batch, Leaf leaf) throws RocksDBException {
        KeyVersion version = leaf.head();
        Bytes value = version.value().resident().orElseThrow(() -> new IllegalStateException("value is gone"));
        batch.put(
                db.versions,
                RecordFormat.versionKey(version.treeKey(), version.modRevision(), version.sub()),
                RecordFormat.version(leaf, value));
    }

    private void putChange(WriteBatch batch, KeyVersion version) throws RocksDBException {
        batch.put(
                db.changes,
                RecordFormat.changeKey(version.modRevision(), version.sub()),
                version.treeKey().shared());
    }

    private void putHead(WriteBatch batch, Leaf leaf) throws RocksDBException {
        Bytes key = leaf.head().treeKey();
        Bytes inline = isSystem(key) ? leaf.head().value().resident().orElseThrow() : Bytes.EMPTY;
        batch.put(db.heads, RecordFormat.escape(key), RecordFormat.head(leaf, inline));
    }

    /** System records have no versions, and their values stand in their heads. */
    static boolean isSystem(Bytes treeKey) {
        return treeKey.isEmpty() || treeKey.at(0) == 0;
    }

    private static StoreException unwritable(RocksDBException e) {
        return new StoreException(
                "the state cannot be written: " + e.getMessage() + "; check the disk and its free space", e);
    }

    private static byte[] applied(Height height, StateRoots roots) {
        return new ByteWriter(160)
                .putLong(height.value())
                .putLong(roots.firstRevision())
                .putLong(roots.lastRevision())
                .putLong(roots.compactRevision())
                .putDigest(roots.resultsRoot())
                .putDigest(roots.eventsRoot())
                .putDigest(roots.stateRoot())
                .toArray();
    }

    /** Makes everything written so far durable. */
    void sync() {
        try {
            db.flushWal();
        } catch (RocksDBException e) {
            throw new StoreException("the state cannot be synced: " + e.getMessage(), e);
        }
    }

    /** Rebuilds the last written state. Its tree is made anew, so its root tells whether the disk held what it should. */
    KvState load(Governance founding) {
        byte[] mark = get(db.meta, APPLIED);
        if (mark == null) {
            return KvState.genesis(founding);
        }
        StateRoots roots = new StateRoots(
                BigEndian.getLong(mark, 8),
                BigEndian.getLong(mark, 16),
                BigEndian.getLong(mark, 24),
                Digest.read(mark, 32),
                Digest.read(mark, 64),
                Digest.read(mark, 96));
        Tree sealed = tree();
        StateRoots found = new StateRoots(
                roots.firstRevision(),
                roots.lastRevision(),
                roots.compactRevision(),
                roots.resultsRoot(),
                roots.eventsRoot(),
                sealed.rootHash());
        return KvState.at(new Height(BigEndian.getLong(mark, 0)), sealed, found, governance(sealed, founding));
    }

    /** Who may change what in a state that was read: what it says itself, or as the chain was founded. */
    private Governance governance(Tree tree, Governance founding) {
        Optional<Bytes> text = tree.get(Space.LEDGER.treeKey(LedgerKeys.GOVERNANCE))
                .map(Leaf::head)
                .filter(KeyVersion::isLive)
                .flatMap(this::value);
        try {
            return text.isPresent() ? Governance.parse(text.get()) : founding;
        } catch (ChangeException e) {
            throw StoreException.damaged("the governance text on disk is none: " + e.getMessage() + REMEDY);
        }
    }

    /** The tree over all heads. */
    Tree tree() {
        TreeEditor tree = Tree.EMPTY.edit();
        try (RocksIterator all = db.iterator(db.heads)) {
            for (all.seekToFirst(); all.isValid(); all.next()) {
                tree.put(RecordFormat.readHead(all.value()));
            }
            all.status();
        } catch (RocksDBException | RuntimeException e) {
            throw unreadable("the state", e);
        }
        return tree.seal();
    }

    /** See {@link WholeVersions#hold}. */
    boolean hasAllVersions(Tree tree, long compactRevision) {
        try (RocksIterator at = db.iterator(db.versions)) {
            boolean holds = new WholeVersions(at, compactRevision).hold(tree);
            at.status();
            return holds;
        } catch (RocksDBException e) {
            throw unreadable("the state", e);
        }
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

    /** See {@link EarlierVersions#read}. */
    EarlierVersions.Range earlier(Leaf leaf, long compactRevision, long fromIndex, long maxBytes) {
        try (RocksIterator at = db.iterator(db.versions)) {
            EarlierVersions.Range range = new EarlierVersions(at, leaf, compactRevision).read(fromIndex, maxBytes);
            at.status();
            return range;
        } catch (RocksDBException e) {
            throw unreadable("the state", e);
        }
    }

    /** See {@link EarlierVersions#readWindow}. */
    EarlierVersions.Range window(Leaf leaf, long compactRevision, long after, long through) {
        try (RocksIterator at = db.iterator(db.versions)) {
            EarlierVersions.Range range = new EarlierVersions(at, leaf, compactRevision).readWindow(after, through);
            at.status();
            return range;
        } catch (RocksDBException e) {
            throw unreadable("the state", e);
        }
    }

    /** See {@link PurgeSlice#run}. */
    byte @Nullable [] purge(long compactRevision, byte[] cursor, int maxVersions) {
        try (WriteBatch batch = new WriteBatch()) {
            byte[] next = new PurgeSlice(db, batch, compactRevision).run(cursor, maxVersions);
            db.write(unsynced, batch);
            return next;
        } catch (RocksDBException e) {
            throw new StoreException("old versions cannot be removed: " + e.getMessage() + REMEDY, e);
        }
    }

    long diskBytes() {
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
