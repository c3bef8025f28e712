package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * As primary, looks for the weak spot of the voting rule: proposes old blocks again, at their heights, and valid new
 * blocks on old ones, whether or not the view's tip allows it, and votes for them. Each peer sees them or not by chance.
 */
final class Forker implements EffectRewriter {
    private static final int RECENT = 10;

    private final Insider insider;
    private final List<Block> known = new ArrayList<>();
    private final Ancestry ancestry;

    /** What goes with a proposal of its own, chosen once so that all peers may see the same. */
    private final Map<Ballot, List<Message>> forks = new HashMap<>();

    Forker(Insider insider) {
        this.insider = insider;
        this.ancestry = new Ancestry(insider.chainId(), insider.genesis());
        known.add(insider.genesis());
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        Ancestry.blocksIn(event).forEach(this::learn);
        return List.of();
    }

    private void learn(Block block) {
        if (ancestry.learn(block)) {
            known.add(block);
        }
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (!(effect instanceof Effect.Send send)
                || !(send.message() instanceof Message.PrePrepare own)
                || !own.primary().equals(insider.self())) {
            return List.of(effect);
        }
        learn(own.block());
        List<Message> fork = forks.computeIfAbsent(own.ballot(), _ -> fork(own.view()));
        List<Effect> sends = new ArrayList<>();
        if (insider.random().nextBoolean()) {
            fork.forEach(message -> sends.add(new Effect.Send(send.to(), message)));
        }
        if (insider.random().nextInt(4) > 0) {
            sends.add(effect);
        }
        return sends;
    }

    private List<Message> fork(View view) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            Block old = known.get(known.size() - 1 - insider.random().nextInt(Math.min(RECENT, known.size())));
            Optional<Block> block =
                    insider.random().nextBoolean() && old.height().value() > 0
                            ? Optional.of(old)
                            : ancestry.emptyChild(old);
            block.ifPresent(chosen -> {
                learn(chosen);
                messages.addAll(support(view, chosen));
            });
        }
        return messages;
    }

    private List<Message> support(View view, Block block) {
        Message.PrePrepare proposal = insider.proposal(view, block);
        return List.of(
                proposal,
                insider.vote(Phase.PREPARE, proposal.ballot()),
                insider.vote(Phase.COMMIT, proposal.ballot()));
    }
}
