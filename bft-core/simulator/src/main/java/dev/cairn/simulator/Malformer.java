package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.model.Witness;
import java.util.List;
import java.util.Optional;

/**
 * Besides what is to be said, something that a decoder lets pass and that makes no sense: foreign epochs, numbers near
 * their end, names of others, empty lists, bodies that are not their header's.
 */
final class Malformer implements EffectRewriter {
    private static final long HUGE = Long.MAX_VALUE / 2;
    private static final Epoch FOREIGN = new Epoch(1);

    private final Insider insider;

    Malformer(Insider insider) {
        this.insider = insider;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        return effect instanceof Effect.Send send
                ? List.of(effect, new Effect.Send(send.to(), malformed(send.message())))
                : List.of(effect);
    }

    private Message malformed(Message message) {
        return switch (message) {
            case Vote m -> malformed(m);
            case Message.PrePrepare m -> insider.proposal(m.view(), headless(m.block()));
            case Message.ViewChange m -> malformed(m);
            case Message.NewView m -> insider.newView(m.epoch(), m.view(), few(m.viewChanges()));
            case Message.Suspect m -> insider.suspicion(either() ? FOREIGN : m.epoch(), new View(HUGE));
            case Message.Status m ->
                new Message.Status(
                        either() ? FOREIGN : m.epoch(),
                        new View(HUGE),
                        either(),
                        new Height(HUGE),
                        new Height(HUGE),
                        new Height(HUGE));
            case Message.Blocks m ->
                new Message.Blocks(either() ? List.of() : m.blocks().reversed(), m.link(), m.proof());
            case Message.Body m -> new Message.Body(headless(m.block()));
            case Message.Forward m -> new Message.Forward(List.of(), !m.relayed());
            case Message.ReadIndexAnswer m -> new Message.ReadIndexAnswer(-m.round(), m.view(), new Height(HUGE));
            case Message.ReadIndexQuery _ -> new Message.ReadIndexQuery(-1);
            case Message.WitnessAnswer(long round, Witness m) -> new Message.WitnessAnswer(round, malformed(m));
            default -> new Message.FetchBlocks(either() ? Height.GENESIS : new Height(HUGE));
        };
    }

    /** For another question, in the name of another, or with a signature on something else. */
    private Witness malformed(Witness m) {
        return switch (insider.random().nextInt(3)) {
            case 0 -> insider.witness(Digest.ZERO, m.timeNanos(), View.ZERO, Height.GENESIS);
            case 1 -> {
                ReplicaId other = insider.peers().getFirst();
                yield new Witness(m.epoch(), other, m.challenge(), 0, View.ZERO, Height.GENESIS, m.signature());
            }
            default -> new Witness(m.epoch(), m.replica(), m.challenge(), 0, View.ZERO, Height.GENESIS, m.signature());
        };
    }

    /** Of another epoch, for a place that does not exist, or in the name of another. */
    private Message malformed(Vote vote) {
        Ballot ballot = vote.ballot();
        return switch (insider.random().nextInt(5)) {
            case 0 -> insider.vote(vote.phase(), new Ballot(FOREIGN, ballot.view(), ballot.height(), ballot.block()));
            case 1 ->
                insider.vote(vote.phase(), new Ballot(ballot.epoch(), new View(HUGE), ballot.height(), ballot.block()));
            case 2 ->
                insider.vote(vote.phase(), new Ballot(ballot.epoch(), ballot.view(), new Height(HUGE), ballot.block()));
            case 3 ->
                Vote.of(vote.phase(), ballot, new ReplicaId(insider.peers().size() + 1), vote.signature());
            default -> {
                int other = insider.random().nextInt(insider.peers().size());
                yield Vote.of(vote.phase(), ballot, insider.peers().get(other), vote.signature());
            }
        };
    }

    /** Triggered by nothing, or with certificates of the wrong kind or of nobody. */
    private Message malformed(Message.ViewChange change) {
        Optional<QuorumCertificate> empty =
                change.prepared().map(known -> new QuorumCertificate(Phase.PREPARE, known.ballot(), List.of()));
        return switch (insider.random().nextInt(3)) {
            case 0 ->
                insider.viewChange(
                        change.epoch(),
                        change.target(),
                        change.prepared(),
                        change.committed(),
                        new Trigger.Suspicion(List.of()));
            case 1 -> insider.viewChange(change, change.committed(), change.prepared());
            default -> insider.viewChange(change, empty, change.committed());
        };
    }

    private List<Message.ViewChange> few(List<Message.ViewChange> changes) {
        return either() ? List.of() : changes.stream().skip(1).toList();
    }

    /** The header stays, the requests go. */
    private static Block headless(Block block) {
        return new Block(block.header(), List.of());
    }

    private boolean either() {
        return insider.random().nextBoolean();
    }
}
