package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.ReplicaId;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Two honest replicas under one key, each with a disk of its own and in touch with some of the peers only (Bano and
 * others, "Twins: BFT systems made robust", 2020). What they do together is all that an honest replica never does.
 */
final class Twins implements EffectRewriter {
    private final Insider insider;
    private final Set<ReplicaId> first = new TreeSet<>();
    private final Set<ReplicaId> second = new TreeSet<>();
    private Consumer<Event> twin = _ -> {};
    private boolean born;

    Twins(Insider insider) {
        this.insider = insider;
        for (ReplicaId peer : insider.peers()) {
            int side = insider.random().nextInt(3);
            if (side != 1) {
                first.add(peer);
            }
            if (side != 0) {
                second.add(peer);
            }
        }
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        return effect instanceof Effect.Send send && !first.contains(send.to()) ? List.of() : List.of(effect);
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        if (!born) {
            born = true;
            twin = insider.copy(second::contains).orElse(twin);
        }
        if (concerns(second, event)) {
            twin.accept(event);
        }
        return List.of();
    }

    @Override
    public boolean hides(Event event) {
        return !concerns(first, event);
    }

    private static boolean concerns(Set<ReplicaId> side, Event event) {
        return switch (event) {
            case Event.Received e -> side.contains(e.from());
            case Event.LinkUp e -> side.contains(e.peer());
            case Event.LinkDown e -> side.contains(e.peer());
            default -> true;
        };
    }
}
