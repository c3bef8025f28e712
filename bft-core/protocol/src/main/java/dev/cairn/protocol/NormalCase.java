package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * PrePrepare, Prepare, Commit in the current view. The voting rule ({@link #mayPrepare}) is the heart of safety; the
 * rest collects votes into certificates and hands the decided block on.
 */
final class NormalCase {
    private final Core core;
    private final Chain chain;
    private final VoteLedger ledger;
    private final Decisions decisions;
    private final Accusations accusations;

    /** Slots above the head, of the current view and the next one (whose votes may come in early). */
    private final NavigableMap<View, NavigableMap<Height, Slot>> slots = new TreeMap<>();

    /** Proposals whose time is still ahead of this replica's clock; lost ones are sent again. */
    private final NavigableMap<Height, Message.PrePrepare> early = new TreeMap<>();

    NormalCase(Core core, Chain chain, VoteLedger ledger, Decisions decisions, Accusations accusations) {
        this.core = core;
        this.chain = chain;
        this.ledger = ledger;
        this.decisions = decisions;
        this.accusations = accusations;
    }

    // The proposal.

    void onPrePrepare(ReplicaId from, Message.PrePrepare proposal) {
        Block block = proposal.block();
        if (!core.view().votesIn(proposal.view())) {
            boolean over = core.view().number().isAfter(proposal.view());
            core.reject(from, over ? Rejection.OLD_VIEW : Rejection.FUTURE_VIEW, proposal.toString());
        } else if (block.height().isAbove(chain.headHeight().plus(core.parameters.horizon()))) {
            core.reject(from, Rejection.FAR_FUTURE, proposal.toString());
        } else if (contradictsTip(block)) {
            core.reject(from, Rejection.INVALID, "beside or below the view's tip: " + proposal);
        } else if (block.height().isAtMost(chain.headHeight()) && !mayHelpToCommit(proposal)) {
            core.reject(from, Rejection.OLD_HEIGHT, proposal.toString());
        } else if (!core.parameters.allows(block)) {
            core.reject(from, Rejection.INVALID, "larger than a block may be: " + proposal);
        } else if (isForgottenOwn(proposal)) {
            core.halt(
                    "this replica's key has signed " + proposal + ", of which its log knows nothing: the log is an old"
                            + " copy, or the key is used twice; it must not run again under this key");
        } else {
            judgeTime(from, proposal);
        }
    }

    /** What is committed here is voted on again in another view, for those who have not come as far; once. */
    private boolean mayHelpToCommit(Message.PrePrepare proposal) {
        Block block = proposal.block();
        return chain.isCommitted(block.digest(), block.height()) && ledger.mayVote(Phase.PREPARE, proposal.ballot());
    }

    /** Slots above the head are all put back from the log, so what comes back of this view's own is known here. */
    private boolean isForgottenOwn(Message.PrePrepare proposal) {
        return proposal.primary().equals(core.self)
                && proposal.block().height().isAbove(chain.headHeight())
                && proposalFor(proposal.block().digest()).isEmpty();
    }

    private boolean contradictsTip(Block block) {
        CurrentView view = core.view();
        return view.tipHeight().isAbove(block.height())
                || (block.height().equals(view.tipHeight()) && !view.isTip(block.digest()));
    }

    /**
     * A fresh proposal is judged when it arrives; one that is early waits. What a quorum has judged has passed. Old it may
     * only be if an honest replica has voted for it in this view: the first one to do so judged it by its clock, in time.
     * That a block is here says nothing of its time: it may have come as a body, which nobody judges, or out of the log.
     */
    private void judgeTime(ReplicaId from, Message.PrePrepare proposal) {
        Block block = proposal.block();
        boolean passed = core.view().isTip(block.digest()) || block.height().isAtMost(chain.headHeight());
        boolean mayBeOld = hasHonestVote(proposal.ballot());
        long aheadNanos = block.header().timeNanos() - core.wallNanos();
        if (passed) {
            accept(proposal);
        } else if (!core.knowsTime() || aheadNanos > core.parameters.maxFutureNanos()) {
            holdBack(proposal);
        } else if (!mayBeOld && -aheadNanos > core.parameters.maxPastNanos()) {
            core.reject(
                    from, Rejection.BAD_TIME, proposal + " is " + -aheadNanos / 1_000_000 + " ms behind this clock");
        } else {
            accept(proposal);
        }
    }

    private boolean hasHonestVote(Ballot ballot) {
        return slotsOfView().stream()
                .filter(slot -> slot.height.equals(ballot.height()))
                .anyMatch(slot -> slot.prepares.votersFor(ballot) >= core.quorums.weakQuorum());
    }

    private void holdBack(Message.PrePrepare proposal) {
        long bytes =
                early.values().stream().mapToLong(p -> p.block().sizeBytes()).sum();
        if (bytes + proposal.block().sizeBytes() <= chain.maxCandidateBytes()) {
            early.putIfAbsent(proposal.block().height(), proposal);
        }
    }

    /** Judges early proposals again. */
    void onTick() {
        if (!early.isEmpty()) {
            List<Message.PrePrepare> waiting = List.copyOf(early.values());
            early.clear();
            waiting.forEach(proposal -> onPrePrepare(proposal.primary(), proposal));
        }
    }

    private void accept(Message.PrePrepare proposal) {
        Slot slot = slot(proposal.view(), proposal.block().height());
        Optional<Message.PrePrepare> first = slot.prePrepare();
        if (first.isPresent()) {
            if (!first.get().block().equals(proposal.block())) {
                accusations.accuse(Evidence.of(first.get(), proposal));
                core.reject(proposal.primary(), Rejection.EQUIVOCATION, proposal.toString());
            }
            return;
        }
        if (!core.view().isTip(proposal.block().digest()) && !chain.hasRoomFor(proposal.block())) {
            core.reject(proposal.primary(), Rejection.OVER_BUDGET, proposal.toString());
            return;
        }
        slot.accept(proposal, core.ticks());
        chain.add(proposal.block());
        advance();
    }

    /** The primary's own proposal; durable and sent already. */
    void onOwnProposal(Message.PrePrepare proposal) {
        slot(proposal.view(), proposal.block().height()).accept(proposal, core.ticks());
        advance();
    }

    // Votes.

    void onVote(ReplicaId from, Vote vote) {
        if (!vote.voter().equals(from)) {
            core.reject(from, Rejection.WRONG_SENDER, vote.toString());
        } else if (!isSlotOpen(vote.ballot())) {
            boolean old = core.view().number().isAfter(vote.ballot().view())
                    || vote.ballot().height().isAtMost(chain.headHeight());
            core.reject(from, old ? Rejection.OLD_HEIGHT : Rejection.FAR_FUTURE, vote.toString());
        } else {
            count(vote);
            advance();
        }
    }

    /** Whether a vote could still matter; asked before its signature is checked. */
    boolean mayMatter(Vote vote) {
        if (!isSlotOpen(vote.ballot())) {
            return false;
        }
        NavigableMap<Height, Slot> ofView = slots.get(vote.ballot().view());
        Slot slot = ofView == null ? null : ofView.get(vote.ballot().height());
        if (slot == null) {
            return true;
        }
        return switch (vote.phase()) {
            case PREPARE -> slot.prepared().isEmpty() && isNews(vote, slot.prepares);
            case COMMIT -> slot.committed().isEmpty() && isNews(vote, slot.commits);
            case CHECKPOINT -> true;
        };
    }

    /** The voter's first vote here, or one that contradicts it and convicts the voter. */
    private boolean isNews(Vote vote, VoteSet votes) {
        Optional<Vote> known = votes.of(vote.voter());
        return known.isEmpty()
                || (!known.get().ballot().equals(vote.ballot()) && accusations.wantsMoreOf(vote.voter()));
    }

    /** Above the head within the horizon, in this view or the next; or this view's tip, which is voted on again. */
    private boolean isSlotOpen(Ballot ballot) {
        CurrentView view = core.view();
        boolean isNow = ballot.view().equals(view.number());
        boolean near = isNow || ballot.view().equals(view.number().next());
        boolean above = ballot.height().isAbove(chain.headHeight())
                && ballot.height().isAtMost(chain.headHeight().plus(core.parameters.horizon()));
        boolean isTip = isNow && view.isTip(ballot.block()) && ballot.height().equals(view.tipHeight());
        return (near && above) || isTip;
    }

    private void count(Vote vote) {
        Slot slot = slot(vote.ballot().view(), vote.ballot().height());
        slot.add(vote).ifPresent(first -> accusations.accuse(Evidence.of(first, vote)));
    }

    // Progress.

    /** Casts every vote that has become possible, lowest height first, and decides what has a commit certificate. */
    void advance() {
        NavigableMap<Height, Slot> current = slots.getOrDefault(core.view().number(), Collections.emptyNavigableMap());
        for (Slot slot : List.copyOf(current.values())) {
            slot.prePrepare().ifPresent(proposal -> tryPrepare(slot, proposal.block()));
            slot.newlyPrepared().ifPresent(this::learnPrepared);
            slot.prepared().ifPresent(certificate -> tryCommit(slot, certificate));
            slot.newlyCommitted()
                    .ifPresent(certificate -> decisions.decide(slot.height, certificate.block(), certificate));
        }
        decisions.perform();
    }

    private void tryPrepare(Slot slot, Block block) {
        Ballot ballot = core.ballot(slot.height, block.digest());
        if (ledger.mayVote(Phase.PREPARE, ballot) && mayPrepare(block)) {
            cast(Phase.PREPARE, ballot);
        }
    }

    /**
     * The voting rule of protocol.md, beyond "no other vote in this slot" and "valid", which were checked before. Every
     * clause has a counterexample behind it; read "unsafe readings" there before touching one.
     */
    private boolean mayPrepare(Block block) {
        CurrentView view = core.view();
        if (!view.active() || contradictsTip(block) || !isExecutedSoundly(block.digest(), block.height())) {
            return false;
        }
        if (block.height().isAtMost(chain.headHeight()) && !chain.isCommitted(block.digest(), block.height())) {
            return false;
        }
        return view.isTip(block.digest()) || mayFollow(block.parent(), block.height());
    }

    private boolean isExecutedSoundly(Digest block, Height height) {
        return chain.isExecuted(block, height) && !core.isQuarantined();
    }

    /** The parent is T, or PREPAREd by me in this same view, or my committed head above T's floor by this view or a lower. */
    private boolean mayFollow(Digest parent, Height height) {
        CurrentView view = core.view();
        if (!height.isAbove(view.tipHeight())) {
            return false;
        }
        Height below = new Height(height.value() - 1);
        boolean isTip = below.equals(view.tipHeight()) && view.isTip(parent);
        boolean isMine = ledger.preparedAt(below).filter(parent::equals).isPresent();
        return isTip || isMine || isCommittedBase(parent);
    }

    private boolean isCommittedBase(Digest parent) {
        CurrentView view = core.view();
        boolean isHead = chain.head().block().digest().equals(parent);
        boolean aboveFloor = !view.tipHeight().isAbove(chain.headHeight());
        boolean notByLaterView = chain.headProof()
                .map(proof -> !proof.view().isAfter(view.number()))
                .orElse(true);
        return isHead && aboveFloor && notByLaterView;
    }

    private void learnPrepared(QuorumCertificate certificate) {
        core.learnPrepared(certificate);
        core.transition(new Transition.Prepared(certificate));
    }

    /** COMMIT only in the certificate's own view, while voting in it, and for a block that executed here. */
    private void tryCommit(Slot slot, QuorumCertificate prepared) {
        if (core.view().votesIn(prepared.view())
                && ledger.mayVote(Phase.COMMIT, prepared.ballot())
                && isExecutedSoundly(prepared.block(), slot.height)) {
            cast(Phase.COMMIT, prepared.ballot());
        }
    }

    private void cast(Phase phase, Ballot ballot) {
        if (!core.view().votesIn(ballot.view())) {
            throw new IllegalStateException("no votes in " + ballot.view() + " from " + core.view());
        }
        Vote vote = core.signVote(phase, ballot);
        ledger.record(vote);
        core.persist(new LogRecord.CastVote(vote));
        core.broadcast(vote);
        core.transition(new Transition.Voted(phase, ballot));
        count(vote);
    }

    // Housekeeping.

    /** Votes of a view that was left can't be completed here any more. */
    void onViewChanged() {
        slots.headMap(core.view().number(), false).clear();
        early.clear();
    }

    /** Puts back what the log holds of the current view: own votes, and as primary own proposals. */
    void restore(List<Vote> votes, List<Message.PrePrepare> proposals) {
        for (Message.PrePrepare proposal : proposals) {
            if (proposal.view().equals(core.view().number())
                    && proposal.block().height().isAbove(chain.headHeight())) {
                slot(proposal.view(), proposal.block().height()).accept(proposal, core.ticks());
            }
        }
        for (Vote vote : votes) {
            if (vote.phase() != Phase.CHECKPOINT && isSlotOpen(vote.ballot())) {
                count(vote);
            }
        }
    }

    void onCommitted(Height height) {
        slots.values().forEach(ofView -> ofView.headMap(height, true).clear());
        early.headMap(height, true).clear();
    }

    /** When the current view's primary proposed {@code block}, if it did. */
    Optional<Long> proposedTick(Block block) {
        return slotsOfView().stream()
                .filter(slot -> slot.prePrepare()
                        .filter(proposal -> proposal.block().equals(block))
                        .isPresent())
                .map(Slot::proposedTick)
                .findFirst();
    }

    Optional<Message.PrePrepare> proposalFor(Digest block) {
        return slotsOfView().stream()
                .flatMap(slot -> slot.prePrepare().stream())
                .filter(proposal -> proposal.block().digest().equals(block))
                .findFirst();
    }

    /** Blocks that this view's votes or proposals name. */
    List<Digest> namedBlocks() {
        return slotsOfView().stream()
                .flatMap(slot -> slot.knownBlock(core.quorums.weakQuorum()).stream())
                .toList();
    }

    /** Blocks that were voted for but never proposed to this replica: its primary left it in the dark. */
    List<Digest> unproposedBlocks() {
        return slotsOfView().stream()
                .filter(slot -> slot.prePrepare().isEmpty())
                .flatMap(slot -> slot.prepares.blockWith(core.quorums.weakQuorum()).stream())
                .toList();
    }

    boolean hasPreparedUncommitted() {
        return slotsOfView().stream().anyMatch(slot -> slot.prepared().isPresent());
    }

    /** Proposals above {@code height}, lowest first, for sending again. */
    List<Message.PrePrepare> proposalsAbove(Height height, int limit) {
        return slotsOfView().stream()
                .filter(slot -> slot.height.isAbove(height))
                .flatMap(slot -> slot.prePrepare().stream())
                .limit(limit)
                .toList();
    }

    int slotCount() {
        return slots.values().stream().mapToInt(Map::size).sum();
    }

    int earlyCount() {
        return early.size();
    }

    private Collection<Slot> slotsOfView() {
        NavigableMap<Height, Slot> current = slots.get(core.view().number());
        return current == null ? List.of() : current.values();
    }

    private Slot slot(View view, Height height) {
        return slots.computeIfAbsent(view, _ -> new TreeMap<>())
                .computeIfAbsent(height, _ -> new Slot(view, height, core.quorums.quorum()));
    }
}
