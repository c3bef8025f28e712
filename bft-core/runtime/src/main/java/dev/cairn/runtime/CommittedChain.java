package dev.cairn.runtime;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.QuorumCertificate;
import java.util.List;
import java.util.Optional;

/**
 * The committed chain as a node holds it, for whoever proves parts of it to others. All methods may be called from any
 * thread and read from disk; each answer may be absent, because bodies are dropped and a fetched state leaves a gap below
 * it.
 */
public interface CommittedChain {
    /** A committed block and the commit certificate of itself or of a descendant. */
    record Committed(Digest block, QuorumCertificate proof) {
        /** Whether it needs no descendant to be believed. */
        public boolean isCertifiedItself() {
            return proof.block().equals(block);
        }
    }

    /** Nothing for the genesis block, which nobody voted for. */
    Optional<Committed> committed(Height height) throws StorageException;

    Optional<Header> header(Height height) throws StorageException;

    Optional<Block> block(Height height) throws StorageException;

    /** The tree over all headers below {@code height}. */
    Optional<MerkleFrontier> historyBefore(Height height) throws StorageException;

    /**
     * The roots of the complete subtrees that fill the tree of headers up from {@code from} leaves to {@code to}: with
     * them whoever knows the first tree can check the second.
     */
    Optional<List<Digest>> fill(long from, long to) throws StorageException;
}
