package dev.cairn.client;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.View;
import java.time.Instant;
import java.util.Optional;

/**
 * A header that belongs to the pinned chain for certain, and the tree over all headers before it.
 *
 * @param certificate the commit certificate of this very header; the genesis block alone has none
 */
public record TrustedHead(Header header, MerkleFrontier history, Optional<QuorumCertificate> certificate) {
    public TrustedHead {
        if (history.size() != header.height().value() || !history.root().equals(header.historyRoot())) {
            throw new IllegalArgumentException(
                    "the history is not the one that the header at " + header.height() + " names");
        }
    }

    public Height height() {
        return header.height();
    }

    /** The block's hash. */
    public Digest block() {
        return header.digest();
    }

    /** When its primary proposed it, by a clock that a quorum found right within the bounds of the genesis document. */
    public Instant time() {
        return Instant.ofEpochSecond(0, header.timeNanos());
    }

    /** The newest revision of the state after it. */
    public long revision() {
        return header.roots().lastRevision();
    }

    /** What was voted on; for the genesis block, on which nobody votes, the least there can be. */
    Ballot ballot() {
        return certificate
                .map(QuorumCertificate::ballot)
                .orElseGet(() -> new Ballot(header.epoch(), View.ZERO, header.height(), header.digest()));
    }

    /** The tree over all headers up to and with this one. */
    MerkleFrontier historyWithThis() {
        return history.append(header.digest());
    }
}
