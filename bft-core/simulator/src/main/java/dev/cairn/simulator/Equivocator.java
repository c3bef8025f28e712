package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Vote;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Proposes one block to its even peers and another to its odd ones, both as valid as can be, and stands by each where
 * it proposed it. What it builds on the one, the odd peers see built on the other.
 */
final class Equivocator implements EffectRewriter {
    private final Insider insider;
    private final boolean both;

    /** The other block of a slot, by the first one's hash. */
    private final Map<Digest, Block> twins = new HashMap<>();

    /** With {@code both}, everyone sees both blocks, and only which of them first differs. */
    Equivocator(Insider insider, boolean both) {
        this.insider = insider;
        this.both = both;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (!(effect instanceof Effect.Send send)) {
            return List.of(effect);
        }
        Message twin = switch (send.message()) {
            case Message.PrePrepare m
            when m.primary().equals(insider.self()) -> insider.proposal(m.view(), twinOf(m.block()));
            case Vote m -> vote(m);
            default -> send.message();
        };
        Effect other = new Effect.Send(send.to(), twin);
        boolean odd = send.to().index() % 2 == 1;
        if (both && !twin.equals(send.message())) {
            return odd ? List.of(other, effect) : List.of(effect, other);
        }
        return List.of(odd ? other : effect);
    }

    /** The same block but for its time, and on the other parent where there is one. */
    private Block twinOf(Block block) {
        return twins.computeIfAbsent(block.digest(), _ -> {
            Block parent = twins.get(block.parent());
            boolean onTwin = parent != null && insider.random().nextBoolean();
            return Altered.timeAndParent(
                    block, block.header().timeNanos() + 1, onTwin && parent != null ? parent.digest() : block.parent());
        });
    }

    private Vote vote(Vote vote) {
        Ballot first = vote.ballot();
        Block twin = twins.get(first.block());
        if (twin == null) {
            return vote;
        }
        Ballot ballot = new Ballot(first.epoch(), first.view(), first.height(), twin.digest());
        return insider.vote(vote.phase(), ballot);
    }
}
