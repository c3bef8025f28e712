package dev.cairn.runtime;

import dev.cairn.codec.MalformedException;
import dev.cairn.codec.RecordCodec;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The log's column families and how RocksDB is set up for them. Memory: at most {@value #WRITE_BUFFERS_MIB} MiB of write
 * buffers and {@value #CACHE_MIB} MiB of cache.
 */
final class LogStore implements AutoCloseable {
    private static final int CACHE_MIB = 8;
    private static final int WRITE_BUFFERS_MIB = 24;
    private static final long MIB = 1L << 20;

    /** One column family each. */
    enum Family {
        META("default", 1),
        BLOCKS("blocks", 8),
        CANONICAL("canonical", 2),
        /** Of blocks whose bodies are gone. */
        HEADERS("headers", 1),
        HISTORY("history", 1),
        VOTES("votes", 4),
        SLOTS("slots", 1),
        EVIDENCE("evidence", 1);

        private final String column;
        private final int bufferMib;

        Family(String column, int bufferMib) {
            this.column = column;
            this.bufferMib = bufferMib;
        }

        byte[] columnName() {
            return column.getBytes(StandardCharsets.US_ASCII);
        }
    }

    private final Path path;
    private final RocksDB db;
    private final Map<Family, ColumnFamilyHandle> handles;
    private final List<AutoCloseable> owned;
    private final boolean wasCutShort;

    private LogStore(
            Path path,
            RocksDB db,
            Map<Family, ColumnFamilyHandle> handles,
            List<AutoCloseable> owned,
            boolean wasCutShort) {
        this.path = path;
        this.db = db;
        this.handles = handles;
        this.owned = owned;
        this.wasCutShort = wasCutShort;
    }

    /** How a store is opened. */
    private interface Opening {
        RocksDB open(
                DBOptions options, String path, List<ColumnFamilyDescriptor> columns, List<ColumnFamilyHandle> handles)
                throws RocksDBException;
    }

    /** Opens a store that is there for reading alone. */
    static LogStore openReadOnly(Path path) throws BootException {
        return open(path, wasCutShort(path), databaseOptions(), RocksDB::openReadOnly);
    }

    /** As {@link #openReadOnly}, without what lies behind damage: what was written last, and perhaps some of the rest. */
    static LogStore salvage(Path path) throws BootException {
        if (examine(path) instanceof WriteAheadLog.Condition.Damaged damage && damage.endless()) {
            throw damaged(path, damage.what(), null);
        }
        return open(
                path,
                true,
                databaseOptions().setWalRecoveryMode(WALRecoveryMode.SkipAnyCorruptedRecords),
                RocksDB::openReadOnly);
    }

    /** Opens the store in {@code path} or makes it. */
    static LogStore open(Path path) throws BootException {
        try {
            Files.createDirectories(path);
        } catch (IOException e) {
            throw new BootException(
                    BootException.Cause.UNUSABLE,
                    path + ": cannot be made (" + e.getMessage() + "); check the data directory and its owner",
                    e);
        }
        return open(path, wasCutShort(path), databaseOptions(), RocksDB::open);
    }

    /** Whether its last write was cut short; damage is refused. */
    private static boolean wasCutShort(Path path) throws BootException {
        return switch (examine(path)) {
            case WriteAheadLog.Condition.Whole _ -> false;
            case WriteAheadLog.Condition.CutShort _ -> true;
            case WriteAheadLog.Condition.Damaged damage -> throw damaged(path, damage.what(), null);
        };
    }

    private static WriteAheadLog.Condition examine(Path path) throws BootException {
        try {
            return WriteAheadLog.examine(path);
        } catch (IOException e) {
            throw unusable(path, String.valueOf(e), e);
        }
    }

    private static LogStore open(Path path, boolean wasCutShort, DBOptions options, Opening opening)
            throws BootException {
        List<AutoCloseable> owned = new ArrayList<>();
        Cache cache = keep(owned, new LRUCache(CACHE_MIB * MIB));
        BlockBasedTableConfig table = new BlockBasedTableConfig()
                .setBlockCache(cache)
                .setBlockSize(16 << 10)
                .setFilterPolicy(keep(owned, new BloomFilter(10)));
        List<ColumnFamilyDescriptor> columns = new ArrayList<>();
        for (Family family : Family.values()) {
            columns.add(new ColumnFamilyDescriptor(family.columnName(), columnOptions(owned, family, table)));
        }
        List<ColumnFamilyHandle> opened = new ArrayList<>();
        try {
            RocksDB db = opening.open(keep(owned, options), path.toString(), columns, opened);
            Map<Family, ColumnFamilyHandle> handles = new EnumMap<>(Family.class);
            Iterator<ColumnFamilyHandle> inOrder = opened.iterator();
            for (Family family : Family.values()) {
                handles.put(family, inOrder.next());
            }
            return new LogStore(path, db, handles, owned, wasCutShort);
        } catch (RocksDBException e) {
            closeAll(owned);
            throw refusal(path, e);
        }
    }

    private static DBOptions databaseOptions() {
        RocksDB.loadLibrary();
        return new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setMaxTotalWalSize(64 * MIB)
                .setDbWriteBufferSize(WRITE_BUFFERS_MIB * MIB)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(256)
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setKeepLogFileNum(4)
                .setStatsDumpPeriodSec(0)
                // A write torn by a crash was never promised to anyone. Damage before the end is refused: what lies
                // behind it may be votes. What RocksDB would take for a torn write and is none, WriteAheadLog refuses.
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords);
    }

    private static ColumnFamilyOptions columnOptions(
            List<AutoCloseable> owned, Family family, BlockBasedTableConfig table) {
        return keep(
                owned,
                new ColumnFamilyOptions()
                        .setTableFormatConfig(table)
                        .setWriteBufferSize(family.bufferMib * MIB)
                        .setMaxWriteBufferNumber(2)
                        .setCompressionType(CompressionType.NO_COMPRESSION));
    }

    static BootException refusal(Path path, RocksDBException e) {
        String text = String.valueOf(e.getMessage());
        if (text.contains("/LOCK: ")) {
            return new BootException(
                    BootException.Cause.LOCKED,
                    path + ": another process uses this data directory; stop it first, or give each replica its own",
                    e);
        }
        Status.Code code =
                e.getStatus() == null ? Status.Code.Undefined : e.getStatus().getCode();
        if (code == Status.Code.Corruption || code == Status.Code.InvalidArgument) {
            return damaged(path, text, e);
        }
        return unusable(path, text, e);
    }

    private static BootException unusable(Path path, String text, Exception e) {
        return new BootException(
                BootException.Cause.UNUSABLE,
                path + ": cannot be opened (" + text + "); check the disk, its free space and the directory's owner",
                e);
    }

    /**
     * A replica that lost part of its votes must not go on voting with the same key, so the only way out is the long
     * one.
     */
    static BootException damaged(Path path, String what, @Nullable Throwable cause) {
        String message = path + ": the log is damaged (" + what
                + "); with its votes forgotten this replica must not run again under its key. Delete nothing: restore the"
                + " whole data directory if a copy was taken when it last stopped, else leave it down; the others go on"
                + " without it";
        return cause == null
                ? new BootException(BootException.Cause.CORRUPT, message)
                : new BootException(BootException.Cause.CORRUPT, message, cause);
    }

    private static <T extends AutoCloseable> T keep(List<AutoCloseable> owned, T resource) {
        owned.add(resource);
        return resource;
    }

    Path path() {
        return path;
    }

    /** Whether it ended, when it was opened, in a write that a crash had cut short. */
    boolean wasCutShort() {
        return wasCutShort;
    }

    void put(WriteBatch batch, Family family, byte[] key, byte[] value) throws RocksDBException {
        batch.put(handle(family), key, value);
    }

    void delete(WriteBatch batch, Family family, byte[] key) throws RocksDBException {
        batch.delete(handle(family), key);
    }

    void deleteRange(WriteBatch batch, Family family, byte[] from, byte[] end) throws RocksDBException {
        batch.deleteRange(handle(family), from, end);
    }

    void write(WriteOptions options, WriteBatch batch) throws RocksDBException {
        db.write(options, batch);
    }

    byte @Nullable [] get(Family family, byte[] key) throws RocksDBException {
        return db.get(handle(family), key);
    }

    /** To be closed by the caller, and before this store. */
    RocksIterator iterator(Family family) {
        return db.newIterator(handle(family));
    }

    Optional<LogRecord.CommittedBlock> canonical(Height height) throws StorageException {
        try {
            byte @Nullable [] value = get(Family.CANONICAL, LogKeys.height(height));
            return value == null ? Optional.empty() : Optional.of(RecordCodec.committed(height, value));
        } catch (RocksDBException | MalformedException e) {
            throw unreadable("committed block " + height, e);
        }
    }

    /** The body with this hash; that it is not there or not itself is an error. */
    Block block(Height height, Digest digest) throws StorageException {
        return findBlock(height, digest)
                .orElseThrow(() ->
                        new StorageException(path + ": the body of block " + height + ":" + digest + " is missing"));
    }

    /** The body with this hash, if it is there; that it is not itself is an error. */
    Optional<Block> findBlock(Height height, Digest digest) throws StorageException {
        try {
            byte @Nullable [] value = get(Family.BLOCKS, LogKeys.block(height, digest));
            if (value == null) {
                return Optional.empty();
            }
            Block block = RecordCodec.block(value);
            if (!block.digest().equals(digest)) {
                throw new StorageException(path + ": the body of block " + height + ":" + digest + " is another's");
            }
            return Optional.of(block);
        } catch (RocksDBException | MalformedException e) {
            throw unreadable("block " + height + ":" + digest, e);
        }
    }

    /** The header of this block, if it was kept apart from its body. */
    Optional<Header> header(Height height, Digest digest) throws StorageException {
        try {
            byte @Nullable [] value = get(Family.HEADERS, LogKeys.height(height));
            if (value == null) {
                return Optional.empty();
            }
            Header header = RecordCodec.header(value);
            if (!header.digest().equals(digest)) {
                throw new StorageException(path + ": the header of block " + height + ":" + digest + " is another's");
            }
            return Optional.of(header);
        } catch (RocksDBException | MalformedException e) {
            throw unreadable("the header of block " + height, e);
        }
    }

    Optional<LogRecord.SnapshotInstalled> snapshot() throws StorageException {
        try {
            byte @Nullable [] value = get(Family.META, LogKeys.SNAPSHOT);
            return value == null ? Optional.empty() : Optional.of(RecordCodec.snapshot(value));
        } catch (RocksDBException | MalformedException e) {
            throw unreadable("the record of the last snapshot", e);
        }
    }

    StorageException unreadable(String what, Exception e) {
        return new StorageException(path + ": " + what + " cannot be read: " + e.getMessage(), e);
    }

    private ColumnFamilyHandle handle(Family family) {
        ColumnFamilyHandle handle = handles.get(family);
        if (handle == null) {
            throw new IllegalStateException("no column family " + family);
        }
        return handle;
    }

    @Override
    public void close() {
        handles.values().forEach(ColumnFamilyHandle::close);
        db.close();
        closeAll(owned);
    }

    private static void closeAll(List<AutoCloseable> resources) {
        for (AutoCloseable resource : resources.reversed()) {
            try {
                resource.close();
            } catch (Exception e) {
                throw new IllegalStateException("a native object cannot be closed", e);
            }
        }
    }
}
