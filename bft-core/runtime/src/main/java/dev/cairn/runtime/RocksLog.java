package dev.cairn.runtime;

import dev.cairn.codec.MalformedException;
import dev.cairn.codec.MessageCodec;
import dev.cairn.codec.RecordCodec;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.QuorumCertificate;
import java.util.ArrayList;
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
    static final int HISTORY_INTERVAL = HistoryTree.INTERVAL;

    /** A slice of {@link #prune} ends with the block that reaches one of these. */
    private static final int SLICE_BLOCKS = 64;

    private static final long SLICE_BYTES = 4 << 20;

    private final LogStore store;
    private final WriteOptions synced = new WriteOptions().setSync(true);

    /** Bodies since the stable checkpoint, to find those that were not committed when the next one comes. */
    private final NavigableMap<Height, Set<Digest>> bodies = new ConcurrentSkipListMap<>();

    private MerkleFrontier history;
    private Height committed;

    /** Below the anchor of the last snapshot some heights may be unknown here. */
    private volatile Height anchor;

    /** No body below this is held. */
    private volatile Height pruned;

    private RocksLog(LogStore store, MerkleFrontier history, Height committed, Height anchor, Height pruned) {
        this.store = store;
        this.history = history;
        this.committed = committed;
        this.anchor = anchor;
        this.pruned = pruned;
    }

    /** Goes on with a log that was read as {@code recovery}. */
    static RocksLog resume(LogStore store, Recovery recovery) throws BootException {
        Block head = recovery.head();
        Height stable =
                recovery.stableCheckpoint().map(QuorumCertificate::height).orElse(Height.GENESIS);
        RocksLog log = new RocksLog(
                store,
                recovery.history().append(head.digest()),
                head.height(),
                recovery.snapshot().map(s -> s.anchor().height()).orElse(Height.GENESIS),
                LogReader.pruned(store));
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
        Block block = record.anchor();
        Height height = block.height();
        if (!height.isAbove(committed) && !isCanonical(height, block.digest())) {
            throw new StorageException("a snapshot of " + block + " contradicts what was committed up to " + committed
                    + "; more than f replicas lie");
        }
        store.put(batch, LogStore.Family.META, LogKeys.SNAPSHOT, RecordCodec.encode(record));
        store.put(batch, LogStore.Family.BLOCKS, LogKeys.block(height, block.digest()), RecordCodec.encode(block));
        store.put(
                batch,
                LogStore.Family.CANONICAL,
                LogKeys.height(height),
                RecordCodec.encode(new LogRecord.CommittedBlock(height, block.digest(), record.proof())));
        history = record.history().append(block.digest());
        committed = height;
        anchor = height;
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

    /** The committed block at {@code height} with the certificate by which it was, if the log holds its body. */
    Optional<CommittedBody> committedAt(Height height) throws StorageException {
        Optional<LogRecord.CommittedBlock> record = canonicalAt(height);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Optional<Block> body = store.findBlock(height, record.get().block());
        if (body.isEmpty() && !pruned.isAbove(height)) {
            throw new StorageException(store.path() + ": the body of block " + height + " is missing");
        }
        return body.map(block -> new CommittedBody(block, record.get().proof()));
    }

    /** The header of the committed block at {@code height}, which outlives its body; nothing if it was never here. */
    Optional<Header> headerAt(Height height) throws StorageException {
        Optional<LogRecord.CommittedBlock> record = canonicalAt(height);
        if (record.isEmpty()) {
            return Optional.empty();
        }
        Digest block = record.get().block();
        Optional<Header> kept = store.header(height, block);
        if (kept.isPresent()) {
            return kept;
        }
        Optional<Header> ofBody = store.findBlock(height, block).map(Block::header);
        return ofBody.isPresent() ? ofBody : movedHeader(height, block);
    }

    /** A body that is pruned between the two looks leaves its header in the same write. */
    private Optional<Header> movedHeader(Height height, Digest block) throws StorageException {
        Optional<Header> moved = store.header(height, block);
        if (moved.isEmpty() && !pruned.isAbove(height)) {
            throw new StorageException(store.path() + ": the header of block " + height + " is missing");
        }
        return moved;
    }

    /**
     * The headers after the committed block at {@code height}, up to the one that {@code proof} names; nothing if they are
     * not all here, or too many for a message.
     */
    Optional<List<Header>> link(Height height, QuorumCertificate proof) throws StorageException {
        List<Header> link = new ArrayList<>();
        for (Height at = height.next(); at.isAtMost(proof.height()); at = at.next()) {
            Optional<Header> header = headerAt(at);
            if (header.isEmpty() || link.size() >= MessageCodec.MAX_LINK) {
                return Optional.empty();
            }
            link.add(header.get());
        }
        return Optional.of(link);
    }

    /** What this log holds of the tree of headers. */
    HistoryTree.Source headers(Digest genesis) {
        return new StoredHeaders(store, genesis);
    }

    /** The last snapshot that was installed. */
    Optional<LogRecord.SnapshotInstalled> snapshot() throws StorageException {
        return store.snapshot();
    }

    /** No body below this is held. */
    Height oldestBody() {
        return pruned;
    }

    /** The height of its anchor; 0 if there was none. */
    Height anchor() {
        return anchor;
    }

    /**
     * Drops the bodies of blocks below {@code limit}, which must be at most the stable checkpoint; headers and certificates
     * stay. Stops after a slice, and is then to be called again: true if something is left. For one thread at a time, which
     * need not be the one that appends.
     */
    boolean prune(Height limit) throws StorageException {
        Height from = pruned;
        if (!limit.isAbove(from)) {
            return false;
        }
        try (WriteBatch batch = new WriteBatch();
                WriteOptions unsynced = new WriteOptions()) {
            Height end = moveHeaders(batch, from, limit);
            store.deleteRange(batch, LogStore.Family.BLOCKS, LogKeys.height(from), LogKeys.height(end));
            store.put(batch, LogStore.Family.META, LogKeys.PRUNED, LogKeys.height(end));
            pruned = end; // before the write: a body that is missing from now on is not damage
            store.write(unsynced, batch);
            return limit.isAbove(end);
        } catch (RocksDBException | MalformedException e) {
            throw store.unreadable("a block from " + from + " on", e);
        }
    }

    /** Up to where a slice reaches. */
    private Height moveHeaders(WriteBatch batch, Height from, Height limit)
            throws RocksDBException, MalformedException {
        int blocks = 0;
        long bytes = 0;
        try (RocksIterator it = store.iterator(LogStore.Family.BLOCKS)) {
            for (it.seek(LogKeys.height(from)); it.isValid(); it.next()) {
                Height height = LogKeys.heightOf(it.key());
                if (!limit.isAbove(height)) {
                    break;
                }
                if (height.isAbove(from) && (blocks >= SLICE_BLOCKS || bytes >= SLICE_BYTES)) {
                    return height;
                }
                Block block = RecordCodec.block(it.value());
                blocks++;
                bytes += it.value().length;
                if (isCanonical(height, block.digest())) {
                    store.put(
                            batch, LogStore.Family.HEADERS, LogKeys.height(height), RecordCodec.encode(block.header()));
                }
            }
            it.status();
        }
        return limit;
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
