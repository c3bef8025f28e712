package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * With each block that a later view commits, proposes an empty child of it in the last view before that it was the primary
 * of, and votes for that. Who is still there may have caught up with the block, and must not take it for a base: what was
 * voted for in that view before may lie beside it.
 */
final class Clinger implements EffectRewriter {
    private final Insider insider;
    private final Ancestry ancestry;

    Clinger(Insider insider) {
        this.insider = insider;
        this.ancestry = new Ancestry(insider.chainId(), insider.genesis());
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        Ancestry.blocksIn(event).forEach(ancestry::learn);
        return List.of();
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (!(effect instanceof Effect.Commit commit)) {
            return List.of(effect);
        }
        ancestry.learn(commit.block());
        List<Effect> effects = new ArrayList<>(List.of(effect));
        ownViewBefore(commit.proof().view())
                .ifPresent(view -> ancestry.emptyChild(commit.block())
                        .ifPresent(child -> insider.peers()
                                .forEach(peer -> support(view, child)
                                        .forEach(message -> effects.add(new Effect.Send(peer, message))))));
        return effects;
    }

    private Optional<View> ownViewBefore(View view) {
        long back = 1
                + Math.floorMod(
                        view.number() - 1 - insider.self().index(),
                        insider.peers().size() + 1L);
        return back > view.number() ? Optional.empty() : Optional.of(new View(view.number() - back));
    }

    private List<Message> support(View view, Block block) {
        Message.PrePrepare proposal = insider.proposal(view, block);
        return List.of(
                proposal,
                insider.vote(Phase.PREPARE, proposal.ballot()),
                insider.vote(Phase.COMMIT, proposal.ballot()));
    }
}
