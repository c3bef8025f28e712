package dev.cairn.runtime;

import dev.cairn.codec.MalformedException;
import dev.cairn.codec.RecordCodec;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Recovery;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * Folds a log back into what the core starts from. Reads the blocks since the stable checkpoint and since the last
 * stored history tree, whichever is older, so its cost does not grow with the chain.
 */
final class LogReader {
    private static final byte[] FORMAT_1 = {1};

    private final LogStore store;
    private final Genesis genesis;

    private LogReader(LogStore store, Genesis genesis) {
        this.store = store;
        this.genesis = genesis;
    }

    /** Claims an empty store for the genesis's chain; refuses one that holds another chain. */
    static Recovery read(LogStore store, Genesis genesis) throws BootException {
        LogReader reader = new LogReader(store, genesis);
        try {
            reader.claim();
            return reader.fold();
        } catch (RocksDBException | MalformedException | StorageException e) {
            throw LogStore.damaged(store.path(), String.valueOf(e.getMessage()), e);
        }
    }

    /** No body below this is held. */
    static Height pruned(LogStore store) throws BootException {
        try {
            byte @Nullable [] value = store.get(LogStore.Family.META, LogKeys.PRUNED);
            return value == null ? Height.GENESIS : LogKeys.heightOf(value);
        } catch (RocksDBException e) {
            throw LogStore.damaged(store.path(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Refuses a store that holds another chain than the genesis's. */
    static void requireChain(LogStore store, Genesis genesis) throws BootException {
        try {
            byte @Nullable [] chain = store.get(LogStore.Family.META, LogKeys.CHAIN_ID);
            if (chain == null || !Arrays.equals(chain, genesis.chainId().toArray())) {
                throw new BootException(
                        BootException.Cause.FOREIGN,
                        store.path() + ": belongs to chain " + (chain == null ? "unknown" : Digest.of(chain))
                                + " and not " + genesis.chainId()
                                + "; give the genesis document of this replica's cluster");
            }
        } catch (RocksDBException e) {
            throw LogStore.damaged(store.path(), String.valueOf(e.getMessage()), e);
        }
    }

    /** The highest committed block; the genesis block's height if there is none. */
    static Height lastCommitted(LogStore store) throws StorageException {
        try (RocksIterator it = store.iterator(LogStore.Family.CANONICAL)) {
            it.seekToLast();
            it.status();
            return it.isValid() ? LogKeys.heightOf(it.key()) : Height.GENESIS;
        } catch (RocksDBException e) {
            throw store.unreadable("the last block", e);
        }
    }

    private void claim() throws RocksDBException, BootException {
        byte @Nullable [] format = store.get(LogStore.Family.META, LogKeys.FORMAT);
        byte @Nullable [] chain = store.get(LogStore.Family.META, LogKeys.CHAIN_ID);
        byte[] ours = genesis.chainId().toArray();
        if (format == null && chain == null) {
            try (WriteBatch batch = new WriteBatch();
                    WriteOptions synced = new WriteOptions().setSync(true)) {
                store.put(batch, LogStore.Family.META, LogKeys.FORMAT, FORMAT_1);
                store.put(batch, LogStore.Family.META, LogKeys.CHAIN_ID, ours);
                store.write(synced, batch);
            }
        } else if (!Arrays.equals(format, FORMAT_1)) {
            throw new BootException(
                    BootException.Cause.FOREIGN,
                    store.path() + ": written by another version of Cairn; start with the version that wrote it");
        } else if (!Arrays.equals(chain, ours)) {
            throw new BootException(
                    BootException.Cause.FOREIGN,
                    store.path() + ": belongs to another cluster, chain "
                            + (chain == null ? "unknown" : Digest.of(chain)) + " and not " + genesis.chainId()
                            + "; give this replica the data directory of its own cluster, or an empty one if it has"
                            + " never run");
        }
    }

    private Recovery fold() throws RocksDBException, MalformedException, StorageException {
        Optional<QuorumCertificate> stable = certificate(LogKeys.STABLE);
        Height floor = stable.map(QuorumCertificate::height).orElse(Height.GENESIS);
        Optional<LogRecord.SnapshotInstalled> snapshot = store.snapshot();
        Height anchor = snapshot.map(s -> s.anchor().height()).orElse(Height.GENESIS);
        Optional<LogRecord.CommittedBlock> last = lastCommitted();
        Block head =
                last.isPresent() ? store.block(last.get().height(), last.get().block()) : genesis.block();
        if (floor.isAbove(head.height())) {
            throw new StorageException("the stable checkpoint " + floor + " is above the last block " + head.height());
        }
        return new Recovery(
                head,
                historyBefore(head.height()),
                last.map(LogRecord.CommittedBlock::proof),
                chain(floor.isAbove(anchor) ? floor : anchor, head),
                bodiesAbove(head.height()),
                votes(floor),
                slots(floor),
                certificate(LogKeys.PREPARED),
                viewChange(),
                newView(),
                stable,
                evidence(),
                snapshot,
                false);
    }

    private Optional<LogRecord.CommittedBlock> lastCommitted() throws RocksDBException, MalformedException {
        try (RocksIterator it = store.iterator(LogStore.Family.CANONICAL)) {
            it.seekToLast();
            it.status();
            return it.isValid()
                    ? Optional.of(RecordCodec.committed(LogKeys.heightOf(it.key()), it.value()))
                    : Optional.empty();
        }
    }

    /** The committed hashes from {@code floor} to the head, whose bodies must be here and chain. */
    private Map<Height, Digest> chain(Height floor, Block head) throws StorageException {
        Map<Height, Digest> hashes = new HashMap<>();
        Block above = head;
        hashes.put(head.height(), head.digest());
        while (above.height().isAbove(floor)) {
            Height below = new Height(above.height().value() - 1);
            Block block = committedBlock(below);
            if (!above.parent().equals(block.digest())) {
                throw new StorageException("block " + above + " does not follow " + block);
            }
            hashes.put(below, block.digest());
            above = block;
        }
        return hashes;
    }

    private Block committedBlock(Height height) throws StorageException {
        if (height.equals(Height.GENESIS)) {
            return genesis.block();
        }
        return store.block(height, committedHash(height));
    }

    private Digest committedHash(Height height) throws StorageException {
        if (height.equals(Height.GENESIS)) {
            return genesis.block().digest();
        }
        return store.canonical(height)
                .map(LogRecord.CommittedBlock::block)
                .orElseThrow(() -> new StorageException("no committed block at " + height + " below the head"));
    }

    /** The tree over the headers of all heights below {@code height}. */
    private MerkleFrontier historyBefore(Height height) throws StorageException {
        return new HistoryTree(new StoredHeaders(store, genesis.block().digest()))
                .before(height.value())
                .orElseThrow(() -> new StorageException("no history tree leads to height " + height));
    }

    private List<Block> bodiesAbove(Height head) throws RocksDBException, MalformedException, StorageException {
        List<Block> bodies = new ArrayList<>();
        try (RocksIterator it = store.iterator(LogStore.Family.BLOCKS)) {
            for (it.seek(LogKeys.height(head.next())); it.isValid(); it.next()) {
                Block block = RecordCodec.block(it.value());
                if (!block.digest().equals(LogKeys.digestOf(it.key()))) {
                    throw new StorageException("the body of block " + LogKeys.heightOf(it.key()) + " is another's");
                }
                bodies.add(block);
            }
            it.status();
        }
        return bodies;
    }

    private List<Vote> votes(Height floor) throws RocksDBException, MalformedException {
        List<Vote> votes = new ArrayList<>();
        try (RocksIterator it = store.iterator(LogStore.Family.VOTES)) {
            for (it.seek(LogKeys.height(floor.next())); it.isValid(); it.next()) {
                votes.add(RecordCodec.vote(it.value()));
            }
            it.status();
        }
        return votes;
    }

    private Map<Ballot, Signature> slots(Height floor) throws RocksDBException, MalformedException {
        Map<Ballot, Signature> slots = new HashMap<>();
        try (RocksIterator it = store.iterator(LogStore.Family.SLOTS)) {
            for (it.seek(LogKeys.height(floor.next())); it.isValid(); it.next()) {
                LogRecord.ProposedSlot slot = RecordCodec.slot(it.value());
                slots.put(slot.ballot(), slot.signature());
            }
            it.status();
        }
        return slots;
    }

    private Optional<QuorumCertificate> certificate(byte[] key) throws RocksDBException, MalformedException {
        byte @Nullable [] value = store.get(LogStore.Family.META, key);
        return value == null ? Optional.empty() : Optional.of(RecordCodec.certificate(value));
    }

    private Optional<Message.ViewChange> viewChange() throws RocksDBException, MalformedException {
        byte @Nullable [] value = store.get(LogStore.Family.META, LogKeys.VIEW_CHANGE);
        return value == null ? Optional.empty() : Optional.of(RecordCodec.viewChange(value));
    }

    private Optional<Message.NewView> newView() throws RocksDBException, MalformedException {
        byte @Nullable [] value = store.get(LogStore.Family.META, LogKeys.NEW_VIEW);
        return value == null ? Optional.empty() : Optional.of(RecordCodec.newView(value));
    }

    private List<Evidence> evidence() throws RocksDBException, MalformedException {
        List<Evidence> evidence = new ArrayList<>();
        try (RocksIterator it = store.iterator(LogStore.Family.EVIDENCE)) {
            for (it.seekToFirst(); it.isValid(); it.next()) {
                evidence.add(RecordCodec.evidence(it.value()));
            }
            it.status();
        }
        return evidence;
    }
}
