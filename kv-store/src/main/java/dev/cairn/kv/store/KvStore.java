package dev.cairn.kv.store;

import dev.cairn.kv.History;
import dev.cairn.kv.KvState;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The state of one chain on disk, which an adopted one may replace. Safe to use from any thread: whoever reads while the
 * state is replaced reads either.
 */
public final class KvStore implements History, AutoCloseable {
    private final Directories directories;
    private final Digest chainId;

    /** Shared: the records are in use. Exclusive: others take their place, or they are closed. */
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();

    private @Nullable KvRecords records;
    private @Nullable IncomingRecords incoming;

    private KvStore(Directories directories, Digest chainId) {
        this.directories = directories;
        this.chainId = chainId;
        this.records = KvRecords.open(directories.current(), chainId);
    }

    /** Opens or makes the store of one chain in {@code directory}; ends an adoption that a crash interrupted. */
    public static KvStore open(Path directory, Digest chainId) {
        Directories directories = new Directories(directory);
        directories.settle();
        return new KvStore(directories, chainId);
    }

    private <T> T using(Function<KvRecords, T> use) {
        inUse.readLock().lock();
        try {
            return use.apply(open());
        } finally {
            inUse.readLock().unlock();
        }
    }

    private void with(Consumer<KvRecords> use) {
        inUse.readLock().lock();
        try {
            use.accept(open());
        } finally {
            inUse.readLock().unlock();
        }
    }

    private KvRecords open() {
        KvRecords now = records;
        if (now == null) {
            throw new StoreException("the state is closed");
        }
        return now;
    }

    // The committed state.

    /** Writes what a block changed. {@code state} is the state after it. */
    public void write(KvState state) {
        with(now -> now.write(state));
    }

    /** Makes everything written so far durable. */
    public void sync() {
        with(KvRecords::sync);
    }

    /** Rebuilds the last written state. Its tree is made anew, so its root tells whether the disk held what it should. */
    public KvState load(Governance founding) {
        return using(records -> records.load(founding));
    }

    @Override
    public Optional<Bytes> value(KeyVersion version) {
        return using(now -> now.value(version));
    }

    @Override
    public void scan(KeySpan treeSpan, long revision, Predicate<KeyVersion> visitor) {
        with(now -> now.scan(treeSpan, revision, visitor));
    }

    @Override
    public List<KeyVersion> changes(long from, long to, int limit) {
        return using(now -> now.changes(from, to, limit));
    }

    @Override
    public Optional<KeyVersion> before(Bytes treeKey, long revision, int sub) {
        return using(now -> now.before(treeKey, revision, sub));
    }

    /** See {@link KvRecords#purge}. */
    Optional<byte[]> purge(long compactRevision, byte[] cursor, int maxVersions) {
        return using(now -> Optional.ofNullable(now.purge(compactRevision, cursor, maxVersions)));
    }

    public long diskBytes() {
        return using(KvRecords::diskBytes);
    }

    /** See {@link EarlierVersions#readWindow}. */
    public EarlierVersions.Range window(Leaf leaf, long compactRevision, long after, long through) {
        return using(now -> now.window(leaf, compactRevision, after, through));
    }

    // State transfer.

    /** See {@link EarlierVersions#read}. */
    public EarlierVersions.Range earlier(Leaf leaf, long compactRevision, long fromIndex, long maxBytes) {
        return using(now -> now.earlier(leaf, compactRevision, fromIndex, maxBytes));
    }

    /** A place to collect the state that {@code header} certifies; everything that was collected before is removed. */
    public synchronized IncomingRecords receive(Header header) {
        closeIncoming();
        directories.forgetIncoming();
        IncomingRecords next = new IncomingRecords(directories, chainId, header);
        incoming = next;
        return next;
    }

    private synchronized void closeIncoming() {
        IncomingRecords last = incoming;
        incoming = null;
        if (last != null) {
            last.close();
        }
    }

    /** Whether a state was collected, all of it, for exactly this header. */
    public boolean hasComplete(Header header) {
        return directories.isComplete(header.digest());
    }

    /** Puts the state that was collected for this header into the place of the current one, which is removed. */
    public void adopt(Header header) {
        inUse.writeLock().lock();
        try {
            open().close();
            records = null;
            directories.decide(header.digest());
            directories.settle();
            records = KvRecords.open(directories.current(), chainId);
        } finally {
            inUse.writeLock().unlock();
        }
    }

    @Override
    public void close() {
        closeIncoming();
        inUse.writeLock().lock();
        try {
            open().close();
            records = null;
        } finally {
            inUse.writeLock().unlock();
        }
    }
}
