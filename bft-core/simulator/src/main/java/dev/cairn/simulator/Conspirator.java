package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;

/**
 * Acts as one with the other conspirators: a primary among them proposes one block to one side and another to the other,
 * and all of them vote in both phases for each block where it was proposed.
 */
final class Conspirator implements EffectRewriter {
    private static final int MOST_MICROS = 20_000;

    private final Insider insider;
    private final Conspiracy conspiracy;
    private final Ancestry ancestry;

    Conspirator(Insider insider) {
        this.insider = insider;
        this.conspiracy = insider.conspiracy().orElseGet(Conspiracy::new);
        this.ancestry = new Ancestry(insider.chainId(), insider.genesis());
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        Ancestry.blocksIn(event).forEach(ancestry::learn);
        return List.of();
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (!(effect instanceof Effect.Send send)) {
            return List.of(effect);
        }
        return switch (send.message()) {
            case Message.PrePrepare m when m.primary().equals(insider.self()) -> divide(send.to(), m);
            case Vote vote
            when vote.phase() != Phase.CHECKPOINT
                    && conspiracy.isDouble(vote.ballot().block()) -> List.of();
            default -> List.of(effect);
        };
    }

    private List<Effect> divide(ReplicaId to, Message.PrePrepare own) {
        ancestry.learn(own.block());
        Block shown = conspiracy
                .otherThan(own.block(), ancestry)
                .filter(_ -> conspiracy.isOnOtherSide(to))
                .orElse(own.block());
        Message.PrePrepare proposal = insider.proposal(own.view(), shown);
        List<Effect> effects = new ArrayList<>();
        effects.add(new Effect.Send(to, proposal));
        for (Insider member : conspiracy.members()) {
            for (Phase phase : List.of(Phase.PREPARE, Phase.COMMIT)) {
                if (!member.self().equals(to)) {
                    Effect vote = new Effect.Send(to, member.vote(phase, proposal.ballot()));
                    member.later(insider.random().nextInt(MOST_MICROS), vote);
                }
            }
        }
        return effects;
    }
}
