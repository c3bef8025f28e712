package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
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
    private final Map<Digest, MerkleFrontier> histories = new HashMap<>();

    /** What goes with a proposal of its own, chosen once so that all peers may see the same. */
    private final Map<Ballot, List<Message>> forks = new HashMap<>();

    Forker(Insider insider) {
        this.insider = insider;
        Block genesis = insider.genesis();
        known.add(genesis);
        histories.put(genesis.digest(), MerkleFrontier.EMPTY.append(genesis.digest()));
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        if (event instanceof Event.Received received) {
            switch (received.message().message()) {
                case Message.PrePrepare m -> learn(m.block());
                case Message.Body m -> learn(m.block());
                case Message.Blocks m -> m.blocks().forEach(this::learn);
                default -> {}
            }
        }
        return List.of();
    }

    private void learn(Block block) {
        MerkleFrontier below = histories.get(block.parent());
        if (below != null && !histories.containsKey(block.digest())) {
            histories.put(block.digest(), below.append(block.digest()));
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
                    insider.random().nextBoolean() && old.height().value() > 0 ? Optional.of(old) : emptyChild(old);
            block.ifPresent(chosen -> {
                learn(chosen);
                messages.addAll(support(view, chosen));
            });
        }
        return messages;
    }

    private List<Message> support(View view, Block block) {
        Ballot ballot = new Ballot(block.header().epoch(), view, block.height(), block.digest());
        Statement proposal = Statement.of(Statement.Kind.PRE_PREPARE, insider.chainId(), ballot);
        return List.of(
                new Message.PrePrepare(view, block, insider.self(), insider.sign(proposal)),
                vote(Phase.PREPARE, ballot),
                vote(Phase.COMMIT, ballot));
    }

    private Vote vote(Phase phase, Ballot ballot) {
        Statement statement = Statement.of(phase.kind(), insider.chainId(), ballot);
        return Vote.of(phase, ballot, insider.self(), insider.sign(statement));
    }

    /** With the very roots that executing it gives. */
    private Optional<Block> emptyChild(Block parent) {
        Header above = parent.header();
        long time = above.timeNanos() + 1;
        return Optional.ofNullable(histories.get(parent.digest()))
                .map(history -> new Header(
                        Header.FORMAT,
                        above.chainId(),
                        above.epoch(),
                        parent.height().next(),
                        parent.digest(),
                        time,
                        Block.requestsRoot(insider.chainId(), List.of()),
                        LedgerMachine.rootsAfterNothing(above.roots()),
                        history.root(),
                        above.nextValidators(),
                        above.nextValidators(),
                        above.parameters(),
                        above.applicationVersion()))
                .map(header -> new Block(header, List.of()));
    }
}
