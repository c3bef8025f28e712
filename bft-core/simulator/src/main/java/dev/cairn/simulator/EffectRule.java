package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Durable before sent, row by row of the table in protocol.md. Judged by what has left the replica and what its disk
 * holds at that moment, so a core that emits in the wrong order and a shell that does not wait are caught alike.
 */
final class EffectRule extends Invariant {

    /** What one replica's disk holds. */
    private static final class Durable {
        final Set<Digest> bodies = new HashSet<>();
        final Set<Ballot> slots = new HashSet<>();
        final Set<Vote> votes = new HashSet<>();
        final Set<View> newViews = new HashSet<>();
        final Set<View> viewChanges = new HashSet<>();
        final Map<Height, Digest> committed = new HashMap<>();
        Optional<Ballot> prepared = Optional.empty();
    }

    private final Digest genesis;
    private final Map<Digest, Digest> parents = new HashMap<>();
    private final Map<ReplicaId, Durable> disks = new HashMap<>();

    /** Blocks known to be durable down to genesis, or to a block whose state is, by replica. */
    private final Map<ReplicaId, Set<Digest>> grounded = new HashMap<>();

    EffectRule(Digest genesis) {
        this.genesis = genesis;
    }

    @Override
    public void onSeen(Header header) {
        parents.put(header.digest(), header.parent());
    }

    @Override
    public void onDurable(ReplicaId replica, LogRecord entry) {
        Durable disk = diskOf(replica);
        switch (entry) {
            case LogRecord.BlockBody r -> {
                disk.bodies.add(r.block().digest());
                onSeen(r.block().header());
            }
            case LogRecord.ProposedSlot r -> disk.slots.add(r.ballot());
            case LogRecord.CastVote r -> disk.votes.add(r.vote());
            case LogRecord.PreparedCertificate r -> {
                Ballot ballot = r.certificate().ballot();
                disk.prepared = disk.prepared
                        .filter(known -> Ballot.BY_VIEW_THEN_HEIGHT.compare(known, ballot) >= 0)
                        .or(() -> Optional.of(ballot));
            }
            case LogRecord.CommittedBlock r -> disk.committed.put(r.height(), r.block());
            case LogRecord.SentViewChange r ->
                disk.viewChanges.add(r.viewChange().target());
            case LogRecord.AcceptedNewView r -> disk.newViews.add(r.newView().view());
            case LogRecord.SnapshotInstalled r -> {
                disk.committed.put(r.anchor().height(), r.anchor().digest());
                groundedOf(replica).add(r.anchor().digest());
            }
            case LogRecord.StableCheckpoint _, LogRecord.Misconduct _ -> {}
        }
    }

    @Override
    public void onSent(ReplicaId from, Message message) {
        Durable disk = diskOf(from);
        switch (message) {
            case Message.PrePrepare m -> {
                boolean own = m.primary().equals(from);
                demand(!own || disk.slots.contains(m.ballot()), from, message, "its slot");
                demand(!own || disk.bodies.contains(m.block().digest()), from, message, "its block");
            }
            case Vote m -> demandForVote(from, disk, m);
            case Message.ViewChange m ->
                demand(!m.sender().equals(from) || disk.viewChanges.contains(m.target()), from, m, "itself");
            case Message.NewView m -> demand(disk.newViews.contains(m.view()), from, m, "itself");
            case Message.Suspect _, Message.Status _, Message.Forward _, Message.FetchBlocks _ -> {}
            case Message.Blocks _, Message.FetchBody _, Message.Body _ -> {}
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> {}
            case Message.WitnessQuery _, Message.WitnessAnswer _ -> {}
            case Message.FetchSnapshot _, Message.SnapshotOffer _, Message.FetchChunk _ -> {}
            case Message.Chunk _, Message.NoSnapshot _ -> {}
        }
    }

    private void demandForVote(ReplicaId from, Durable disk, Vote vote) {
        Ballot ballot = vote.ballot();
        demand(disk.votes.contains(vote), from, vote, "the vote");
        if (vote.phase() != Phase.CHECKPOINT) {
            boolean entered = ballot.view().equals(View.ZERO) || disk.newViews.contains(ballot.view());
            demand(entered, from, vote, "the view's NEW-VIEW");
        }
        switch (vote.phase()) {
            case PREPARE -> demand(isGrounded(from, ballot.block()), from, vote, "the blocks up to it");
            case COMMIT -> {
                boolean certified = disk.prepared
                        .filter(known -> Ballot.BY_VIEW_THEN_HEIGHT.compare(known, ballot) >= 0)
                        .isPresent();
                demand(certified, from, vote, "the prepare certificate");
            }
            case CHECKPOINT ->
                demand(
                        ballot.block().equals(disk.committed.get(ballot.height())),
                        from,
                        vote,
                        "that the block is committed");
        }
    }

    private boolean isGrounded(ReplicaId replica, Digest block) {
        Set<Digest> known = groundedOf(replica);
        Set<Digest> bodies = diskOf(replica).bodies;
        Set<Digest> path = new HashSet<>();
        Digest at = block;
        while (!known.contains(at)) {
            @Nullable Digest parent = parents.get(at);
            if (parent == null || !bodies.contains(at)) {
                return false;
            }
            path.add(at);
            at = parent;
        }
        known.addAll(path);
        return true;
    }

    private Set<Digest> groundedOf(ReplicaId replica) {
        return grounded.computeIfAbsent(replica, _ -> new HashSet<>(Set.of(genesis)));
    }

    private void demand(boolean durable, ReplicaId from, Message message, String what) {
        require(durable, "%s sends %s before %s is durable", from, message, what);
    }

    private Durable diskOf(ReplicaId replica) {
        return disks.computeIfAbsent(replica, _ -> new Durable());
    }
}
