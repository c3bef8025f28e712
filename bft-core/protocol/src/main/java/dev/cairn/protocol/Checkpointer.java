package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Every few blocks all say "everything up to here is durable with me"; q of these make a checkpoint stable, and memory
 * below it may go. The highest commit certificate is never dropped, so a checkpoint takes nothing from what a
 * VIEW-CHANGE or a read answer must report.
 */
final class Checkpointer {
    /** Checkpoint heights above the head for which votes are kept. */
    private static final int MAX_PENDING = 8;

    private final Core core;
    private final Chain chain;
    private final VoteLedger ledger;
    private final Accusations accusations;
    private final NavigableMap<Height, VoteSet> pending = new TreeMap<>();
    private Optional<QuorumCertificate> stable;
    private Optional<Vote> latestOwn;

    Checkpointer(Core core, Chain chain, VoteLedger ledger, Accusations accusations, Recovery recovery) {
        this.core = core;
        this.chain = chain;
        this.ledger = ledger;
        this.accusations = accusations;
        this.stable = recovery.stableCheckpoint();
        List<Vote> own = recovery.votes().stream()
                .filter(vote -> vote.phase() == Phase.CHECKPOINT
                        && vote.ballot().height().isAbove(stableHeight()))
                .toList();
        own.stream()
                .filter(vote -> mayBecomeStable(vote.ballot().height()))
                .forEach(vote -> votesAt(vote.ballot().height()).add(vote));
        this.latestOwn = own.stream()
                .max((a, b) -> a.ballot().height().compareTo(b.ballot().height()));
    }

    int pendingCount() {
        return pending.size();
    }

    Height stableHeight() {
        return stable.map(QuorumCertificate::height).orElse(Height.GENESIS);
    }

    void onCommitted(Block block) {
        if (!core.parameters.isCheckpoint(block.height())) {
            return;
        }
        Ballot ballot = new Ballot(core.epoch, View.ZERO, block.height(), block.digest());
        Vote vote = core.signVote(Phase.CHECKPOINT, ballot);
        latestOwn = Optional.of(vote);
        core.persist(new LogRecord.CastVote(vote));
        core.broadcast(vote);
        votesAt(block.height()).add(vote);
        stabilise();
    }

    void onCheckpoint(ReplicaId from, Message.Checkpoint vote) {
        Height height = vote.ballot().height();
        Height horizon = chain.headHeight().plus((long) MAX_PENDING * core.parameters.checkpointInterval());
        if (!vote.voter().equals(from)) {
            core.reject(from, Rejection.WRONG_SENDER, vote.toString());
        } else if (height.isAtMost(stableHeight()) || !mayBecomeStable(height)) {
            core.reject(from, Rejection.OLD_HEIGHT, vote.toString());
        } else if (!core.parameters.isCheckpoint(height) || height.isAbove(horizon)) {
            core.reject(from, Rejection.FAR_FUTURE, vote.toString());
        } else {
            votesAt(height).add(vote).ifPresent(first -> accusations.accuse(Evidence.of(first, vote)));
            stabilise();
        }
    }

    /** Below the anchor of a snapshot nothing can: its blocks are unknown here, and votes would only pile up. */
    private boolean mayBecomeStable(Height height) {
        return height.isAbove(chain.headHeight()) || chain.committedAt(height).isPresent();
    }

    /** A peer without the checkpoint gets this replica's vote for it again. */
    void onStatus(ReplicaId from, Message.Status status) {
        latestOwn
                .filter(vote -> vote.ballot().height().isAbove(status.stable()))
                .ifPresent(vote -> core.send(from, vote));
    }

    /**
     * The highest checkpoint that a quorum has and that is committed here becomes stable. What lies below a snapshot's
     * anchor is unknown here; the next checkpoint will do.
     */
    private void stabilise() {
        for (Height height : pending.descendingKeySet()) {
            Optional<QuorumCertificate> certificate = votesAt(height).certificate();
            if (certificate.isPresent() && chain.committedAt(height).isPresent()) {
                makeStable(certificate.get());
                return;
            }
        }
    }

    private void makeStable(QuorumCertificate certificate) {
        Height height = certificate.height();
        if (!chain.isCommitted(certificate.block(), height)) {
            core.halt("a quorum's checkpoint at " + height + " is not the block committed here");
            return;
        }
        stable = Optional.of(certificate);
        core.persist(new LogRecord.StableCheckpoint(certificate));
        pending.headMap(height, true).clear();
        ledger.forgetUpTo(height);
        chain.forgetBelow(height);
        core.transition(new Transition.CheckpointStable(height));
    }

    private VoteSet votesAt(Height height) {
        return pending.computeIfAbsent(height, _ -> new VoteSet(Phase.CHECKPOINT, core.quorums.quorum()));
    }
}
