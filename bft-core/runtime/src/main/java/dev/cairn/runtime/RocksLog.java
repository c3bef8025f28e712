package dev.cairn.runtime;

import dev.cairn.codec.MalformedException;
import dev.cairn.codec.RecordCodec;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.QuorumCertificate;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The replica's log in RocksDB: bodies by (height, hash), the committed chain by height, own votes and slots above the
 * stable checkpoint, and the last of each thing of which only the last matters. One {@link #append} is one write batch
 * and one fsync. Reading is safe from any thread, appending from one.
 */
final class RocksLog implements DurableLog, AutoCloseable {
    /** The history tree is written at every height that is a multiple of this; the rest is recomputed at boot. */
    static final int HISTORY_INTERVAL = 256;

    private final LogStore store;
    private final WriteOptions synced = new WriteOptions().setSync(true);

    /** Bodies since the stable checkpoint, to find those that were not committed when the next one comes. */
    private final NavigableMap<Height, Set<Digest>> bodies = new ConcurrentSkipListMap<>();

    private MerkleFrontier history;
    private Height committed;

    private RocksLog(LogStore store, MerkleFrontier history, Height committed) {
        this.store = store;
        this.history = history;
        this.committed = committed;
    }

    /** Goes on with a log whose committed head is {@code head}; {@code history} is the tree over all before it. */
    static RocksLog resume(LogStore store, Block head, MerkleFrontier history, Height stable) {
        RocksLog log = new RocksLog(store, history.append(head.digest()), head.height());
        try (RocksIterator keys = store.iterator(LogStore.Family.BLOCKS)) {
            for (keys.seek(LogKeys.height(stable.next())); keys.isValid(); keys.next()) {
                log.noteBody(LogKeys.heightOf(keys.key()), LogKeys.digestOf(keys.key()));
            }
        }
        return log;
    }

    @Override
    public void append(List<LogRecord> records) throws StorageException {
        try (WriteBatch batch = new WriteBatch()) {
            for (LogRecord record : records) {
                add(batch, record);
            }
            store.write(synced, batch);
        } catch (RocksDBException e) {
            throw new StorageException("the log in " + store.path() + " could not be written: " + e.getMessage(), e);
        }
    }

    private void add(WriteBatch batch, LogRecord record) throws RocksDBException, StorageException {
        switch (record) {
            case LogRecord.BlockBody r -> {
                Block block = r.block();
                store.put(
                        batch,
                        LogStore.Family.BLOCKS,
                        LogKeys.block(block.height(), block.digest()),
                        RecordCodec.encode(block));
                noteBody(block.height(), block.digest());
            }
            case LogRecord.ProposedSlot r ->
                store.put(batch, LogStore.Family.SLOTS, LogKeys.slot(r.ballot()), RecordCodec.encode(r));
            case LogRecord.CastVote r ->
                store.put(batch, LogStore.Family.VOTES, LogKeys.vote(r.vote()), RecordCodec.encode(r.vote()));
            case LogRecord.PreparedCertificate r ->
                store.put(batch, LogStore.Family.META, LogKeys.PREPARED, RecordCodec.encode(r.certificate()));
            case LogRecord.CommittedBlock r -> addCommitted(batch, r);
            case LogRecord.SentViewChange r ->
                store.put(batch, LogStore.Family.META, LogKeys.VIEW_CHANGE, RecordCodec.encode(r.viewChange()));
            case LogRecord.AcceptedNewView r ->
                store.put(batch, LogStore.Family.META, LogKeys.NEW_VIEW, RecordCodec.encode(r.newView()));
            case LogRecord.StableCheckpoint r -> {
                store.put(batch, LogStore.Family.META, LogKeys.STABLE, RecordCodec.encode(r.certificate()));
                dropBelow(batch, r.certificate().height());
            }
            case LogRecord.SnapshotInstalled r -> addSnapshot(batch, r);
            case LogRecord.Misconduct r ->
                store.put(
                        batch,
                        LogStore.Family.EVIDENCE,
                        LogKeys.evidence(r.evidence()),
                        RecordCodec.encode(r.evidence()));
        }
    }

    /** The chain goes on from the anchor; what stands below it keeps its place, with a gap perhaps. */
    private void addSnapshot(WriteBatch batch, LogRecord.SnapshotInstalled record)
            throws RocksDBException, StorageException {
        Block anchor = record.anchor();
        Height height = anchor.height();
        if (!height.isAbove(committed) && !isCanonical(height, anchor.digest())) {
            throw new StorageException("a snapshot of " + anchor + " contradicts what was committed up to " + committed
                    + "; more than f replicas lie");
        }
        store.put(batch, LogStore.Family.META, LogKeys.SNAPSHOT, RecordCodec.encode(record));
        store.put(batch, LogStore.Family.BLOCKS, LogKeys.block(height, anchor.digest()), RecordCodec.encode(anchor));
        store.put(
                batch,
                LogStore.Family.CANONICAL,
                LogKeys.height(height),
                RecordCodec.encode(new LogRecord.CommittedBlock(height, anchor.digest(), record.proof())));
        history = record.history().append(anchor.digest());
        committed = height;
    }

    private void addCommitted(WriteBatch batch, LogRecord.CommittedBlock record)
            throws RocksDBException, StorageException {
        if (!record.height().equals(committed.next())) {
            throw new StorageException("committed blocks come one after the other, not " + record.height() + " after "
                    + committed + "; this is a fault of the program");
        }
        store.put(batch, LogStore.Family.CANONICAL, LogKeys.height(record.height()), RecordCodec.encode(record));
        if (record.height().value() % HISTORY_INTERVAL == 0) {
            store.put(batch, LogStore.Family.HISTORY, LogKeys.height(record.height()), RecordCodec.encode(history));
        }
        history = history.append(record.block());
        committed = record.height();
        // What is left in the set of this height is what was not committed.
        Set<Digest> others = bodies.get(record.height());
        if (others != null) {
            others.remove(record.block());
        }
    }

    private void noteBody(Height height, Digest digest) {
        bodies.computeIfAbsent(height, _ -> ConcurrentHashMap.newKeySet()).add(digest);
    }

    /** Own votes, slots and uncommitted bodies up to and including {@code stable}. */
    private void dropBelow(WriteBatch batch, Height stable) throws RocksDBException {
        byte[] end = LogKeys.height(stable.next());
        store.deleteRange(batch, LogStore.Family.VOTES, LogKeys.height(0), end);
        store.deleteRange(batch, LogStore.Family.SLOTS, LogKeys.height(0), end);
        NavigableMap<Height, Set<Digest>> below = bodies.headMap(stable, true);
        for (var entry : below.entrySet()) {
            for (Digest digest : entry.getValue()) {
                if (!isCanonical(entry.getKey(), digest)) {
                    store.delete(batch, LogStore.Family.BLOCKS, LogKeys.block(entry.getKey(), digest));
                }
            }
        }
        below.clear();
    }

    /** After a restart the sets hold committed bodies too; only the chain itself tells. */
    private boolean isCanonical(Height height, Digest digest) throws RocksDBException {
        byte @Nullable [] value = store.get(LogStore.Family.CANONICAL, LogKeys.height(height));
        try {
            return value != null && RecordCodec.committed(height, value).block().equals(digest);
        } catch (MalformedException e) {
            return true; // kept, whatever it is
        }
    }

    /** The committed block at {@code height} with the certificate by which it was, if the log holds it. */
    Optional<CommittedBody> committedAt(Height height) throws StorageException {
        Optional<LogRecord.CommittedBlock> record = canonicalAt(height);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Block block = store.block(height, record.get().block());
        return Optional.of(new CommittedBody(block, record.get().proof()));
    }

    /** The body of a block that was not committed, if it is durable and not yet dropped. */
    Optional<Block> uncommittedBody(Digest digest) throws StorageException {
        for (var entry : bodies.entrySet()) {
            if (entry.getValue().contains(digest)) {
                return store.findBlock(entry.getKey(), digest);
            }
        }
        return Optional.empty();
    }

    Optional<LogRecord.CommittedBlock> canonicalAt(Height height) throws StorageException {
        return store.canonical(height);
    }

    /** A block and the commit certificate of itself or of a descendant. */
    record CommittedBody(Block block, QuorumCertificate proof) {}

    @Override
    public void close() {
        synced.close();
        store.close();
    }
}
