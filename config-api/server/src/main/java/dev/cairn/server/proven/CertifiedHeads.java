package dev.cairn.server.proven;

import dev.cairn.kv.KvState;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.StorageException;
import java.util.Optional;

/**
 * The newest committed state that has a certificate of its own. A block that was committed by a descendant's certificate
 * is passed over: the descendant follows at once.
 */
public final class CertifiedHeads {
    private volatile Optional<CertifiedHead> newest = Optional.empty();

    /** Begins with what was committed before the start, if it is certified itself. Reads from disk. */
    public void resume(KvState state, CommittedChain chain) throws StorageException {
        Height height = state.height();
        Optional<Header> header = chain.header(height);
        Optional<QuorumCertificate> certificate = chain.committed(height)
                .filter(CommittedChain.Committed::isCertifiedItself)
                .map(CommittedChain.Committed::proof);
        boolean isProven = certificate.isPresent() || height.equals(Height.GENESIS);
        if (header.isPresent() && isProven && header.get().roots().equals(state.roots())) {
            advance(new CertifiedHead(header.get(), certificate, state));
        }
    }

    /** Takes in each committed block, in order. Never blocks. */
    public void committed(Block block, KvState state, QuorumCertificate proof) {
        if (proof.block().equals(block.digest())) {
            advance(new CertifiedHead(block.header(), Optional.of(proof), state));
        }
    }

    private synchronized void advance(CertifiedHead head) {
        if (newest.isEmpty() || head.height().isAbove(newest.get().height())) {
            newest = Optional.of(head);
        }
    }

    Optional<CertifiedHead> newest() {
        return newest;
    }
}
