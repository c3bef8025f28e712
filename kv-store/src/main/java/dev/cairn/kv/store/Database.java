package dev.cairn.kv.store;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.Cache;
import org.rocksdb.ColumnFamilyDescriptor;
import org.rocksdb.ColumnFamilyHandle;
import org.rocksdb.ColumnFamilyOptions;
import org.rocksdb.CompressionType;
import org.rocksdb.DBOptions;
import org.rocksdb.LRUCache;
import org.rocksdb.ReadOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** RocksDB with this store's column families and its memory budget: small, since the tree is in memory already. */
final class Database implements AutoCloseable {
    private static final long WRITE_BUFFERS_BYTES = 24L << 20;
    private static final long CACHE_BYTES = 16L << 20;

    final ColumnFamilyHandle meta;
    final ColumnFamilyHandle versions;
    final ColumnFamilyHandle heads;
    final ColumnFamilyHandle changes;

    private final RocksDB db;
    private final List<ColumnFamilyHandle> handles;
    private final List<AutoCloseable> owned;

    private Database(RocksDB db, List<ColumnFamilyHandle> handles, List<AutoCloseable> owned) {
        this.db = db;
        this.handles = handles;
        this.owned = owned;
        this.meta = handles.get(0);
        this.versions = handles.get(1);
        this.heads = handles.get(2);
        this.changes = handles.get(3);
    }

    static Database open(Path directory) {
        RocksDB.loadLibrary();
        Cache cache = new LRUCache(CACHE_BYTES);
        ColumnFamilyOptions families = new ColumnFamilyOptions()
                .setCompressionType(CompressionType.LZ4_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig()
                        .setBlockCache(cache)
                        .setFilterPolicy(new BloomFilter())
                        .setCacheIndexAndFilterBlocks(true));
        DBOptions options = new DBOptions()
                .setCreateIfMissing(true)
                .setCreateMissingColumnFamilies(true)
                .setDbWriteBufferSize(WRITE_BUFFERS_BYTES)
                .setMaxTotalWalSize(4 * WRITE_BUFFERS_BYTES)
                .setMaxBackgroundJobs(2)
                .setMaxOpenFiles(128)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0);
        List<ColumnFamilyDescriptor> descriptors = new ArrayList<>();
        for (String name : List.of("default", "kv", "head", "changes")) {
            descriptors.add(new ColumnFamilyDescriptor(name.getBytes(StandardCharsets.US_ASCII), families));
        }
        List<ColumnFamilyHandle> handles = new ArrayList<>();
        try {
            RocksDB db = RocksDB.open(options, directory.toString(), descriptors, handles);
            return new Database(db, handles, List.of(options, families, cache));
        } catch (RocksDBException e) {
            options.close();
            families.close();
            cache.close();
            throw refused(directory, e);
        }
    }

    private static StoreException refused(Path directory, RocksDBException e) {
        String why = String.valueOf(e.getMessage());
        if (why.contains("/LOCK: ")) {
            return new StoreException(directory + " is in use by another process: stop that replica first", e);
        }
        String advice = why.contains("No space left on device")
                ? "make room on its disk and start again"
                : "move it away and start again; it is rebuilt from the log";
        return new StoreException(directory + " cannot be opened (" + why + "): " + advice, e);
    }

    byte @Nullable [] get(ColumnFamilyHandle family, byte[] key) throws RocksDBException {
        return db.get(family, key);
    }

    void put(ColumnFamilyHandle family, byte[] key, byte[] value) throws RocksDBException {
        db.put(family, key, value);
    }

    void write(WriteOptions options, WriteBatch batch) throws RocksDBException {
        db.write(options, batch);
    }

    void flushWal() throws RocksDBException {
        db.flushWal(true);
    }

    RocksIterator iterator(ColumnFamilyHandle family) {
        return db.newIterator(family);
    }

    RocksIterator iterator(ColumnFamilyHandle family, ReadOptions options) {
        return db.newIterator(family, options);
    }

    long diskBytes() {
        try {
            long bytes = 0;
            for (ColumnFamilyHandle family : handles) {
                bytes += db.getLongProperty(family, "rocksdb.total-sst-files-size");
                bytes += db.getLongProperty(family, "rocksdb.cur-size-all-mem-tables");
            }
            return bytes;
        } catch (RocksDBException e) {
            throw new StoreException("the size on disk cannot be read: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        handles.forEach(ColumnFamilyHandle::close);
        db.close();
        for (AutoCloseable each : owned) {
            try {
                each.close();
            } catch (Exception e) {
                throw new StoreException("cannot release " + each, e);
            }
        }
    }
}
