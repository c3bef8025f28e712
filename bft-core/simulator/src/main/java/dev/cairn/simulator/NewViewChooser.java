package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** As a new primary, makes its NEW-VIEW of other VIEW-CHANGEs than an honest one would. */
final class NewViewChooser implements EffectRewriter {
    private static final Comparator<Message.ViewChange> LOWEST_FIRST = Comparator.comparing(
            NewViewChooser::greatest,
            Comparator.comparing(Optional<Ballot>::isPresent)
                    .thenComparing((a, b) ->
                            a.isEmpty() || b.isEmpty() ? 0 : Ballot.BY_VIEW_THEN_HEIGHT.compare(a.get(), b.get())));

    /** The VIEW-CHANGEs to show to a peer in place of those of {@code own}; with none nothing is sent. */
    interface Choice {
        List<Message.ViewChange> insteadOf(NewViewChooser chooser, Message.NewView own, ReplicaId peer);
    }

    private final Insider insider;
    private final Choice choice;
    private final Map<ReplicaId, Message.ViewChange> heard = new TreeMap<>();
    private Optional<QuorumCertificate> latest = Optional.empty();

    NewViewChooser(Insider insider, Choice choice) {
        this.insider = insider;
        this.choice = choice;
    }

    /** Those that report the least, so that the view goes on from as low a tip as can be. */
    List<Message.ViewChange> lowest(Message.NewView own, ReplicaId peer) {
        Map<ReplicaId, Message.ViewChange> all = new TreeMap<>(heard);
        own.viewChanges().forEach(change -> all.put(change.sender(), change));
        return all.values().stream()
                .filter(change -> change.target().equals(own.view()))
                .sorted(LOWEST_FIRST)
                .limit(own.viewChanges().size())
                .toList();
    }

    /**
     * In its own VIEW-CHANGE it reports what was prepared since, in the very view that begins. The last of its peers waits
     * for the NEW-VIEW until there is something to report.
     */
    List<Message.ViewChange> late(Message.NewView own, ReplicaId peer) {
        boolean hasMore = latest.map(QuorumCertificate::view).equals(Optional.of(own.view()));
        if (own.viewChanges().isEmpty() || !hasMore) {
            return peer.equals(insider.peers().getLast()) ? List.of() : own.viewChanges();
        }
        List<Message.ViewChange> chosen = new ArrayList<>(own.viewChanges());
        Message.ViewChange model = chosen.getFirst();
        chosen.removeIf(change -> change.sender().equals(insider.self()));
        chosen.add(insider.viewChange(model, latest, model.committed()));
        return chosen.reversed().stream().limit(own.viewChanges().size()).toList();
    }

    private static Optional<Ballot> greatest(Message.ViewChange change) {
        return Stream.concat(change.prepared().stream(), change.committed().stream())
                .map(QuorumCertificate::ballot)
                .max(Ballot.BY_VIEW_THEN_HEIGHT);
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        if (event instanceof Event.Received received
                && received.message().message() instanceof Message.ViewChange change) {
            heard.put(change.sender(), change);
        }
        return List.of();
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (effect instanceof Effect.Persist(LogRecord.PreparedCertificate(QuorumCertificate certificate))) {
            latest = Optional.of(certificate);
        }
        if (effect instanceof Effect.Send send
                && send.message() instanceof Message.NewView own
                && own.primary().equals(insider.self())) {
            List<Message.ViewChange> chosen = choice.insteadOf(this, own, send.to());
            if (chosen.isEmpty()) {
                return List.of();
            }
            return chosen.equals(own.viewChanges())
                    ? List.of(effect)
                    : List.of(new Effect.Send(send.to(), insider.newView(own.epoch(), own.view(), chosen)));
        }
        return List.of(effect);
    }
}
