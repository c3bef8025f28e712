package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.model.Witness;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import java.util.function.Predicate;

/** What a Byzantine replica has to work with: its name, its key, the list of its peers, and time. */
public interface Insider {
    ReplicaId self();

    List<ReplicaId> peers();

    Digest chainId();

    Block genesis();

    SplittableRandom random();

    /** Performs the effect later. */
    void later(long micros, Effect effect);

    /** Signs with its own key. */
    Signature sign(Statement statement);

    /** What it shares with those it is in league with; nothing where it is alone. */
    default Optional<Conspiracy> conspiracy() {
        return Optional.empty();
    }

    /**
     * A second honest replica under this key, with a disk of its own, that speaks only to those it {@code reaches}. It
     * takes the events that it is to see. Nothing where there can be none.
     */
    default Optional<Consumer<Event>> copy(Predicate<ReplicaId> reaches) {
        return Optional.empty();
    }

    // What it signs.

    default Message.PrePrepare proposal(View view, Block block) {
        Ballot ballot = new Ballot(block.header().epoch(), view, block.height(), block.digest());
        return new Message.PrePrepare(
                view, block, self(), sign(Statement.of(Statement.Kind.PRE_PREPARE, chainId(), ballot)));
    }

    default Vote vote(Phase phase, Ballot ballot) {
        return Vote.of(phase, ballot, self(), sign(Statement.of(phase.kind(), chainId(), ballot)));
    }

    default Witness witness(Digest challenge, long timeNanos, View view, Height height) {
        Statement statement = Witness.statement(chainId(), Epoch.ZERO, challenge, timeNanos, view, height);
        return new Witness(Epoch.ZERO, self(), challenge, timeNanos, view, height, sign(statement));
    }

    default Message.Suspect suspicion(Epoch epoch, View view) {
        Statement statement =
                new Statement(Statement.Kind.SUSPECT, chainId(), epoch, view, Height.GENESIS, Digest.ZERO);
        return new Message.Suspect(epoch, view, self(), sign(statement));
    }

    /** In its own name, with the target and the trigger of {@code model}. */
    default Message.ViewChange viewChange(
            Message.ViewChange model, Optional<QuorumCertificate> prepared, Optional<QuorumCertificate> committed) {
        return viewChange(model.epoch(), model.target(), prepared, committed, model.trigger());
    }

    default Message.ViewChange viewChange(
            Epoch epoch,
            View target,
            Optional<QuorumCertificate> prepared,
            Optional<QuorumCertificate> committed,
            Trigger trigger) {
        Statement statement = new Statement(
                Statement.Kind.VIEW_CHANGE,
                chainId(),
                epoch,
                target,
                Height.GENESIS,
                Message.ViewChange.contentDigest(prepared, committed, trigger));
        return new Message.ViewChange(epoch, target, prepared, committed, trigger, self(), sign(statement));
    }

    default Message.NewView newView(Epoch epoch, View view, List<Message.ViewChange> chosen) {
        Statement statement = new Statement(
                Statement.Kind.NEW_VIEW, chainId(), epoch, view, Height.GENESIS, Message.NewView.contentDigest(chosen));
        return new Message.NewView(epoch, view, chosen, self(), sign(statement));
    }
}
