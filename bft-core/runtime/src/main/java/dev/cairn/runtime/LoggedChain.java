package dev.cairn.runtime;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/** The committed chain in a node's log. Whoever reads it while the node ends is refused: a closed database must not be touched. */
final class LoggedChain implements CommittedChain, AutoCloseable {
    private interface Read<T> {
        Optional<T> read() throws StorageException;
    }

    private final RocksLog log;
    private final Block genesis;
    private final HistoryTree history;

    /** Shared: somebody reads. Exclusive: the log ends. */
    private final ReadWriteLock inUse = new ReentrantReadWriteLock();

    private boolean closed;

    LoggedChain(RocksLog log, Block genesis) {
        this.log = log;
        this.genesis = genesis;
        this.history = new HistoryTree(log.headers(genesis.digest()));
    }

    private <T> Optional<T> reading(Read<T> read) throws StorageException {
        inUse.readLock().lock();
        try {
            if (closed) {
                throw new StorageException("the log is closed");
            }
            return read.read();
        } finally {
            inUse.readLock().unlock();
        }
    }

    @Override
    public Optional<Committed> committed(Height height) throws StorageException {
        return reading(() -> log.canonicalAt(height).map(record -> new Committed(record.block(), record.proof())));
    }

    @Override
    public Optional<Header> header(Height height) throws StorageException {
        return height.equals(Height.GENESIS) ? Optional.of(genesis.header()) : reading(() -> log.headerAt(height));
    }

    @Override
    public Optional<Block> block(Height height) throws StorageException {
        return height.equals(Height.GENESIS)
                ? Optional.of(genesis)
                : reading(() -> log.committedAt(height).map(RocksLog.CommittedBody::block));
    }

    @Override
    public Optional<MerkleFrontier> historyBefore(Height height) throws StorageException {
        return reading(() -> history.before(height.value()));
    }

    @Override
    public Optional<List<Digest>> fill(long from, long to) throws StorageException {
        return reading(() -> history.fill(from, to));
    }

    /** Waits for those who read. */
    @Override
    public void close() {
        inUse.writeLock().lock();
        try {
            closed = true;
        } finally {
            inUse.writeLock().unlock();
        }
    }
}
