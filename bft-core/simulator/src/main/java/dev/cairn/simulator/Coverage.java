package dev.cairn.simulator;

import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Counts the mechanisms that leave a mark; faults and strategies are counted where they happen. */
final class Coverage implements Observer {
    private final Counters counters;
    private final Map<View, Digest> tips = new HashMap<>();

    Coverage(Counters counters) {
        this.counters = counters;
    }

    @Override
    public void onStarted(ReplicaId replica, int life, Block head, List<Block> chain) {
        if (life > 1 && !chain.isEmpty()) {
            counters.count("restart with a chain");
        }
    }

    @Override
    public void onTransition(ReplicaId replica, Transition transition) {
        counters.count(transition.getClass().getSimpleName());
        if (transition instanceof Transition.ViewEntered entered) {
            tips.put(entered.view(), entered.tipBlock());
        } else if (transition instanceof Transition.Proposed proposed
                && proposed.block().equals(tips.get(proposed.view()))) {
            counters.count("tip proposed again");
        }
    }

    @Override
    public void onDecided(Decided decided) {
        if (decided.proof().height().isAbove(decided.block().height())) {
            counters.count("committed by a descendant's certificate");
        }
    }

    @Override
    public void onSent(ReplicaId from, Message message) {
        switch (message) {
            case Message.Forward m -> counters.count(m.relayed() ? "request relayed" : "request forwarded");
            case Message.Blocks _ -> counters.count("blocks served");
            case Message.FetchBody _ -> counters.count("body asked for");
            case Message.Body _ -> counters.count("body served");
            case Message.NewView m -> {
                boolean hasTip = m.viewChanges().stream()
                        .anyMatch(change -> change.prepared().isPresent());
                counters.count(hasTip ? "NEW-VIEW with a tip" : "NEW-VIEW from genesis");
            }
            case Message.PrePrepare _, Message.Prepare _, Message.Commit _, Message.Checkpoint _ -> {}
            case Message.Suspect _, Message.ViewChange _, Message.Status _, Message.FetchBlocks _ -> {}
            case Message.ReadIndexQuery _, Message.ReadIndexAnswer _ -> {}
            case Message.WitnessQuery _, Message.WitnessAnswer _ -> {}
            case Message.SnapshotOffer _ -> counters.count("offer made");
            case Message.Chunk _ -> counters.count("chunk served");
            case Message.NoSnapshot _ -> counters.count("chunk of a state that is not held");
            case Message.FetchSnapshot _, Message.FetchChunk _ -> {}
        }
    }
}
