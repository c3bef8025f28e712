package dev.cairn.protocol;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Everything about one height in one view: its proposal, its votes, its certificates. */
final class Slot {
    final View view;
    final Height height;
    final VoteSet prepares;
    final VoteSet commits;

    private Message.@Nullable PrePrepare prePrepare;
    private long proposedTick;
    private @Nullable QuorumCertificate prepared;
    private @Nullable QuorumCertificate committed;

    Slot(View view, Height height, int quorum) {
        this.view = view;
        this.height = height;
        this.prepares = new VoteSet(Phase.PREPARE, quorum);
        this.commits = new VoteSet(Phase.COMMIT, quorum);
    }

    Optional<Message.PrePrepare> prePrepare() {
        return Optional.ofNullable(prePrepare);
    }

    /** When the proposal came; means nothing before. */
    long proposedTick() {
        return proposedTick;
    }

    void accept(Message.PrePrepare proposal, long tick) {
        if (prePrepare != null && !prePrepare.block().equals(proposal.block())) {
            throw new IllegalStateException("slot " + view + "/" + height + " has a proposal");
        }
        prePrepare = proposal;
        proposedTick = tick;
    }

    Optional<QuorumCertificate> prepared() {
        return Optional.ofNullable(prepared);
    }

    Optional<QuorumCertificate> committed() {
        return Optional.ofNullable(committed);
    }

    /** Adds a Prepare or Commit; returns evidence where its voter said something else before. */
    Optional<Vote> add(Vote vote) {
        return switch (vote) {
            case Message.Prepare p -> prepares.add(p);
            case Message.Commit c -> commits.add(c);
            case Message.Checkpoint c -> throw new IllegalArgumentException("a checkpoint has no slot: " + c);
        };
    }

    /** Forms the prepare certificate if it has just become possible. */
    Optional<QuorumCertificate> newlyPrepared() {
        if (prepared != null) {
            return Optional.empty();
        }
        prepared = prepares.certificate().orElse(null);
        return prepared();
    }

    /** Forms the commit certificate if it has just become possible. */
    Optional<QuorumCertificate> newlyCommitted() {
        if (committed != null) {
            return Optional.empty();
        }
        committed = commits.certificate().orElse(null);
        return committed();
    }

    /** The block this slot is known to be about: proposed here, or prepared by at least one honest replica. */
    Optional<Digest> knownBlock(int weakQuorum) {
        return prePrepare().map(p -> p.block().digest()).or(() -> prepares.blockWith(weakQuorum));
    }
}
