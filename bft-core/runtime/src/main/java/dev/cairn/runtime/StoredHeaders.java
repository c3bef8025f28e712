package dev.cairn.runtime;

import dev.cairn.codec.MalformedException;
import dev.cairn.codec.RecordCodec;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;

/** What a log holds of the tree of headers. The genesis block stands in no log. */
record StoredHeaders(LogStore store, Digest genesis) implements HistoryTree.Source {

    @Override
    public Optional<Digest> block(long height) throws StorageException {
        return height == 0
                ? Optional.of(genesis)
                : store.canonical(new Height(height)).map(LogRecord.CommittedBlock::block);
    }

    @Override
    public Optional<MerkleFrontier> stored(long size) throws StorageException {
        try {
            byte @Nullable [] value = store.get(LogStore.Family.HISTORY, LogKeys.height(size));
            if (value == null) {
                return Optional.empty();
            }
            MerkleFrontier history = RecordCodec.history(value);
            if (history.size() != size) {
                throw new StorageException("the history tree at height " + size + " is another's");
            }
            return Optional.of(history);
        } catch (RocksDBException | MalformedException e) {
            throw store.unreadable("the history tree at height " + size, e);
        }
    }

    @Override
    public Optional<MerkleFrontier> anchored() throws StorageException {
        return store.snapshot().map(LogRecord.SnapshotInstalled::history);
    }
}
