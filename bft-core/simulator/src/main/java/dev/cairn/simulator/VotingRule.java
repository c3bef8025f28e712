package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The voting rule, judged from outside by what a replica has said and written: a PREPARE is for the view's tip T, or for
 * a block above T whose parent is T, or was PREPAREd by this replica in this same view, or was committed here, at T's
 * height or above, by a certificate of this view or a lower one.
 */
final class VotingRule extends Invariant {
    private static final int FIRST_VIEW = 0;

    private record Slot(View view, Height height) {}

    private record Committed(Height height, View byView) {}

    private record Tip(Height height, Digest block) {}

    /** What is known of one replica, over all its lives. */
    private static final class Past {
        final Map<View, Tip> tips = new HashMap<>();
        final Map<Slot, Digest> prepared = new HashMap<>();
        final Map<Digest, Committed> committed = new HashMap<>();
    }

    private final Block genesis;
    private final Map<Digest, Digest> parents = new HashMap<>();
    private final Map<ReplicaId, Past> records = new HashMap<>();

    VotingRule(Block genesis) {
        this.genesis = genesis;
    }

    @Override
    public void onSeen(Header header) {
        parents.put(header.digest(), header.parent());
    }

    @Override
    public void onDurable(ReplicaId replica, LogRecord entry) {
        if (entry instanceof LogRecord.AcceptedNewView accepted) {
            Message.NewView newView = accepted.newView();
            Tip tip = newView.viewChanges().stream()
                    .flatMap(change -> Stream.concat(change.prepared().stream(), change.committed().stream()))
                    .map(QuorumCertificate::ballot)
                    .max(Ballot.BY_VIEW_THEN_HEIGHT)
                    .map(ballot -> new Tip(ballot.height(), ballot.block()))
                    .orElse(new Tip(Height.GENESIS, genesis.digest()));
            of(replica).tips.put(newView.view(), tip);
        } else if (entry instanceof LogRecord.BlockBody body) {
            onSeen(body.block().header());
        } else if (entry instanceof LogRecord.CastVote cast && cast.vote().phase() == Phase.PREPARE) {
            Ballot ballot = cast.vote().ballot(); // which a crash may have kept from being sent
            of(replica).prepared.put(new Slot(ballot.view(), ballot.height()), ballot.block());
        } else if (entry instanceof LogRecord.CommittedBlock committed) {
            of(replica)
                    .committed
                    .put(
                            committed.block(),
                            new Committed(committed.height(), committed.proof().view()));
        } else if (entry instanceof LogRecord.SnapshotInstalled installed) {
            Block anchor = installed.anchor();
            of(replica)
                    .committed
                    .put(
                            anchor.digest(),
                            new Committed(anchor.height(), installed.proof().view()));
        }
    }

    @Override
    public void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {
        of(replica).committed.put(genesis.digest(), new Committed(Height.GENESIS, new View(FIRST_VIEW)));
    }

    @Override
    public void onDecided(Decided decided) {
        Committed committed =
                new Committed(decided.block().height(), decided.proof().view());
        of(decided.replica()).committed.put(decided.block().digest(), committed);
    }

    @Override
    public void onSent(ReplicaId from, Message message) {
        if (message instanceof Vote vote && vote.phase() == Phase.PREPARE) {
            Ballot ballot = vote.ballot();
            Past own = of(from);
            Tip tip = ballot.view().number() == FIRST_VIEW
                    ? new Tip(Height.GENESIS, genesis.digest())
                    : own.tips.get(ballot.view());
            require(tip != null && mayPrepare(own, tip, ballot), "%s votes for %s over the tip %s", from, ballot, tip);
            own.prepared.put(new Slot(ballot.view(), ballot.height()), ballot.block());
        }
    }

    private boolean mayPrepare(Past own, Tip tip, Ballot ballot) {
        Digest parent = parents.get(ballot.block());
        if (ballot.block().equals(tip.block())) {
            return ballot.height().equals(tip.height());
        }
        if (parent == null || !ballot.height().isAbove(tip.height())) {
            return false;
        }
        Height below = new Height(ballot.height().value() - 1);
        Committed base = own.committed.get(parent);
        return (parent.equals(tip.block()) && below.equals(tip.height()))
                || parent.equals(own.prepared.get(new Slot(ballot.view(), below)))
                || (base != null
                        && !tip.height().isAbove(base.height())
                        && !base.byView().isAfter(ballot.view()));
    }

    private Past of(ReplicaId replica) {
        return records.computeIfAbsent(replica, _ -> new Past());
    }
}
