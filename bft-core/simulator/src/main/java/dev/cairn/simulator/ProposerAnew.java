package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * As primary, says to each peer that tells where it stands what the next block is: another one than it said before. A
 * peer that has voted there and forgotten it votes again.
 */
final class ProposerAnew implements EffectRewriter {
    private static final int REMEMBERED = 64;

    private final Insider insider;
    private final NavigableMap<Height, Block> proposed = new TreeMap<>();
    private View view = View.ZERO;

    ProposerAnew(Insider insider) {
        this.insider = insider;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (effect instanceof Effect.Send send
                && send.message() instanceof Message.PrePrepare proposal
                && proposal.primary().equals(insider.self())) {
            remember(proposal);
        }
        return List.of(effect);
    }

    private void remember(Message.PrePrepare proposal) {
        if (!proposal.view().equals(view)) {
            proposed.clear();
            view = proposal.view();
        }
        proposed.putIfAbsent(proposal.block().height(), proposal.block());
        if (proposed.size() > REMEMBERED) {
            proposed.pollFirstEntry();
        }
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        if (!(event instanceof Event.Received received)
                || !(received.message().message() instanceof Message.Status status)
                || !status.view().equals(view)) {
            return List.of();
        }
        ReplicaId peer = received.from();
        Block block = proposed.get(status.committed().next());
        return block == null ? List.of() : List.of(new Effect.Send(peer, anotherThan(block)));
    }

    private Message anotherThan(Block block) {
        return insider.proposal(view, Altered.time(block, block.header().timeNanos() + 1));
    }
}
