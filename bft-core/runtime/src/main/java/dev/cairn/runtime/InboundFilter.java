package dev.cairn.runtime;

import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * Says, before any signature is checked and without asking the event loop, that a message could change nothing: its view
 * is over, its height is committed, a quorum of the same votes has come in, nobody asked for it. It works on a picture
 * of the replica that may be a moment old, so it lets through what is in doubt, and it forgets its votes at a steady
 * beat, so that what it was wrong about comes in when it is sent again. Safe for use by many threads.
 */
final class InboundFilter {
    /** Different blocks that one voter may name in one slot before the rest is dropped: two prove that it lies. */
    private static final int BALLOTS_PER_VOTER = 2;

    /** STATUS of one peer in one beat; an honest one sends far fewer, and each may have much sent again. */
    private static final int STATUS_PER_BEAT = 4;

    /** Signed answers for readers of one peer in one beat, each a signature on the event loop. An honest peer asks again. */
    private static final int WITNESSES_PER_BEAT = 64;

    /** Signed answers of one peer that may be on their way: those of a few rounds, some asked for again. */
    private static final int MOST_WITNESSES = 16;

    /** Requests from one peer in one beat, each of which costs a signature check. A gateway has a few on their way. */
    private static final int FORWARDED_PER_BEAT = 128;

    /** Requests in proposals of one peer in one beat: more than any primary comes to, and less than freezes a thread. */
    private static final int PROPOSED_PER_BEAT = 512;

    /** {@code tip} is the block voted on again in this view, or nothing if that is not known here. */
    private record Picture(View view, @Nullable Digest tip, Height committed) {}

    private record VoteSlot(Phase phase, View view, Height height) {}

    private static final class Tally {
        private final Map<Digest, BitSet> voters = new HashMap<>();

        synchronized boolean wants(Vote vote, int quorum) {
            int index = vote.voter().index();
            BitSet same = voters.get(vote.ballot().block());
            if (same != null && (same.get(index) || same.cardinality() >= quorum)) {
                return false;
            }
            long named = voters.values().stream().filter(set -> set.get(index)).count();
            return named < BALLOTS_PER_VOTER;
        }

        synchronized void add(Vote vote) {
            voters.computeIfAbsent(vote.ballot().block(), _ -> new BitSet())
                    .set(vote.voter().index());
        }
    }

    private final int quorum;
    private final int horizon;
    private final Map<VoteSlot, Tally> tallies = new ConcurrentHashMap<>();
    private final AtomicInteger[] expectedBlocks;
    private final AtomicInteger[] expectedBodies;
    private final AtomicInteger[] expectedOffers;
    private final AtomicInteger[] expectedChunks;
    private final AtomicInteger[] expectedWitnesses;
    private final AtomicInteger[] statusLeft;
    private final AtomicInteger[] witnessLeft;
    private final AtomicInteger[] forwardedLeft;
    private final AtomicInteger[] proposedLeft;
    private volatile Picture picture;

    /** {@code tip} as in {@link Picture}: the genesis block in the first view, nothing where it is not known yet. */
    InboundFilter(int replicas, int quorum, Parameters parameters, View view, @Nullable Digest tip, Height committed) {
        this.quorum = quorum;
        this.horizon = parameters.horizon();
        this.picture = new Picture(view, tip, committed);
        this.expectedBlocks = counters(replicas);
        this.expectedBodies = counters(replicas);
        this.expectedOffers = counters(replicas);
        this.expectedChunks = counters(replicas);
        this.expectedWitnesses = counters(replicas);
        this.statusLeft = counters(replicas);
        this.witnessLeft = counters(replicas);
        this.forwardedLeft = counters(replicas);
        this.proposedLeft = counters(replicas);
        allowAnew();
    }

    private static AtomicInteger[] counters(int count) {
        AtomicInteger[] counters = new AtomicInteger[count];
        for (int i = 0; i < count; i++) {
            counters[i] = new AtomicInteger();
        }
        return counters;
    }

    // From the event loop.

    void onTransition(Transition transition) {
        Picture now = picture;
        switch (transition) {
            case Transition.Committed t -> picture = new Picture(now.view(), now.tip(), t.height());
            case Transition.ViewEntered t -> picture = new Picture(t.view(), t.tipBlock(), now.committed());
            case Transition.ViewChangeStarted t -> picture = new Picture(t.target(), null, now.committed());
            case Transition.Proposed _, Transition.Voted _, Transition.Prepared _, Transition.Suspected _ -> {}
            case Transition.Resigned _ -> {}
            case Transition.CheckpointStable _, Transition.CatchingUp _ -> {}
            case Transition.SnapshotPinned _, Transition.SnapshotOffered _, Transition.Quarantined _ -> {}
            case Transition.TransferBegun _, Transition.ChunkStored _, Transition.ChunkRefused _ -> {}
            case Transition.TransferAbandoned _, Transition.TransferCompleted _ -> {}
        }
    }

    /** The replica's own vote counts like those that came in. */
    void onSent(ReplicaId to, Message message) {
        switch (message) {
            case Vote vote -> tally(vote).add(vote);
            case Message.FetchBlocks _ -> {
                expectedBlocks[to.index()].set(1);
                expectedOffers[to.index()].set(1); // where the blocks are gone
            }
            case Message.FetchSnapshot _ -> expectedOffers[to.index()].set(1);
            case Message.FetchChunk _ -> expectedChunks[to.index()].set(1);
            case Message.FetchBody _ -> expectedBodies[to.index()].incrementAndGet();
            case Message.PrePrepare _, Message.Suspect _, Message.ViewChange _, Message.NewView _ -> {}
            case Message.Status _, Message.Forward _, Message.Blocks _, Message.Body _ -> {}
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> {}
            case Message.WitnessQuery _ -> expectWitness(to.index());
            case Message.WitnessAnswer _ -> {}
            case Message.SnapshotOffer _, Message.Chunk _, Message.NoSnapshot _ -> {}
        }
    }

    void onBroadcast(Message message) {
        if (message instanceof Vote vote) {
            tally(vote).add(vote);
        } else if (message instanceof Message.WitnessQuery) {
            for (int peer = 0; peer < expectedWitnesses.length; peer++) {
                expectWitness(peer);
            }
        }
    }

    private void expectWitness(int peer) {
        expectedWitnesses[peer].updateAndGet(before -> Math.min(before + 1, MOST_WITNESSES));
    }

    /** A new beat: votes are forgotten, and every peer may send STATUS and requests again. */
    void forgetVotes() {
        tallies.clear();
        allowAnew();
    }

    private void allowAnew() {
        for (AtomicInteger left : statusLeft) {
            left.set(STATUS_PER_BEAT);
        }
        for (AtomicInteger left : witnessLeft) {
            left.set(WITNESSES_PER_BEAT);
        }
        for (AtomicInteger left : forwardedLeft) {
            left.set(FORWARDED_PER_BEAT);
        }
        for (AtomicInteger left : proposedLeft) {
            left.updateAndGet(before -> Math.min(PROPOSED_PER_BEAT, before + PROPOSED_PER_BEAT));
        }
    }

    // From the links.

    /** Whether the message is worth its verification. Asking for an answer to a fetch uses up that fetch. */
    boolean mayMatter(ReplicaId from, Message message) {
        Picture now = picture;
        return switch (message) {
            case Vote vote ->
                vote.voter().equals(from) && isOpen(now, vote) && tally(vote).wants(vote, quorum);
            case Message.PrePrepare m ->
                isNowOrNext(now, m.view())
                        && isNear(now, m.block().height(), m.block().digest())
                        && takeAhead(
                                proposedLeft[from.index()], m.block().requests().size());
            case Message.Suspect m -> m.sender().equals(from) && !now.view().isAfter(m.view());
            case Message.ViewChange m -> !now.view().isAfter(m.target());
            case Message.NewView m -> !now.view().isAfter(m.view());
            case Message.Blocks _ -> expectedBlocks[from.index()].getAndSet(0) > 0;
            case Message.Body _ -> takeOne(expectedBodies[from.index()]);
            case Message.Status _ -> takeOne(statusLeft[from.index()]);
            case Message.Forward m ->
                take(forwardedLeft[from.index()], m.requests().size());
            case Message.FetchBlocks _, Message.FetchBody _ -> true;
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> true;
            case Message.WitnessQuery _ -> takeOne(witnessLeft[from.index()]);
            case Message.WitnessAnswer m ->
                m.witness().replica().equals(from) && takeOne(expectedWitnesses[from.index()]);
            case Message.SnapshotOffer _ -> expectedOffers[from.index()].getAndSet(0) > 0;
            case Message.Chunk _ -> expectedChunks[from.index()].getAndSet(0) > 0;
            case Message.FetchSnapshot _, Message.FetchChunk _, Message.NoSnapshot _ -> true;
        };
    }

    /** Notes a message that was verified and handed to the event loop. */
    void onVerified(Message message) {
        if (message instanceof Vote vote) {
            tally(vote).add(vote);
        }
    }

    private boolean isOpen(Picture now, Vote vote) {
        Ballot ballot = vote.ballot();
        return switch (vote.phase()) {
            case CHECKPOINT -> true;
            case PREPARE, COMMIT -> isNowOrNext(now, ballot.view()) && isNear(now, ballot.height(), ballot.block());
        };
    }

    private static boolean isNowOrNext(Picture now, View view) {
        return !now.view().isAfter(view) && !view.isAfter(now.view().next());
    }

    /** Above the head and not far above it, or perhaps the tip that is voted on again. */
    private boolean isNear(Picture now, Height height, Digest block) {
        boolean above = height.isAbove(now.committed());
        boolean reachable = height.isAtMost(now.committed().plus(2L * horizon));
        return (above && reachable) || (!above && (now.tip() == null || block.equals(now.tip())));
    }

    private Tally tally(Vote vote) {
        Ballot ballot = vote.ballot();
        return tallies.computeIfAbsent(new VoteSlot(vote.phase(), ballot.view(), ballot.height()), _ -> new Tally());
    }

    private static boolean takeOne(AtomicInteger counter) {
        return take(counter, 1);
    }

    /** A block may hold more than a beat allows; what it takes too much is missing afterwards. */
    private static boolean takeAhead(AtomicInteger counter, int count) {
        return counter.getAndUpdate(left -> left > 0 ? left - count : left) > 0;
    }

    private static boolean take(AtomicInteger counter, int count) {
        return counter.getAndUpdate(left -> left >= count ? left - count : left) >= count;
    }
}
