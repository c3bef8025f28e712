package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Shows its peers different quorums of the VIEW-CHANGEs it has, so that they go on from different tips. */
final class NewViewSplitter implements EffectRewriter {
    private final Insider insider;
    private final Map<View, Map<ReplicaId, Message.ViewChange>> heard = new HashMap<>();

    NewViewSplitter(Insider insider) {
        this.insider = insider;
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        if (event instanceof Event.Received received
                && received.message().message() instanceof Message.ViewChange change) {
            heard.computeIfAbsent(change.target(), _ -> new TreeMap<>()).put(change.sender(), change);
        }
        return List.of();
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (effect instanceof Effect.Send send
                && send.message() instanceof Message.NewView newView
                && newView.primary().equals(insider.self())) {
            return List.of(new Effect.Send(send.to(), another(newView, send.to().index())));
        }
        return List.of(effect);
    }

    private Message another(Message.NewView newView, int shift) {
        Map<ReplicaId, Message.ViewChange> all = new TreeMap<>(heard.getOrDefault(newView.view(), Map.of()));
        newView.viewChanges().forEach(change -> all.put(change.sender(), change));
        List<Message.ViewChange> turned = new ArrayList<>(all.values());
        java.util.Collections.rotate(turned, shift);
        List<Message.ViewChange> chosen =
                turned.stream().limit(newView.viewChanges().size()).toList();
        return insider.newView(newView.epoch(), newView.view(), chosen);
    }
}
