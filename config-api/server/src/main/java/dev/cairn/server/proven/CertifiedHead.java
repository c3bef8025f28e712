package dev.cairn.server.proven;

import dev.cairn.kv.KvState;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.View;
import java.util.Optional;

/**
 * A committed state with the header that names its root and that header's own certificate, which the genesis block alone
 * has not: all that an answer is proven against.
 */
record CertifiedHead(Header header, Optional<QuorumCertificate> certificate, KvState state) {
    CertifiedHead {
        if (!header.height().equals(state.height()) || !header.roots().equals(state.roots())) {
            throw new IllegalArgumentException(
                    "the header at " + header.height() + " is not that of the state at " + state.height());
        }
    }

    Height height() {
        return header.height();
    }

    Ballot ballot() {
        return certificate
                .map(QuorumCertificate::ballot)
                .orElseGet(() -> new Ballot(header.epoch(), View.ZERO, header.height(), header.digest()));
    }
}
