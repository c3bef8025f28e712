package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Message;
import java.util.ArrayList;
import java.util.List;

/** The strategies of one Byzantine replica, one after the other: what one says passes through the next. */
public final class Malice {
    private record Part(Strategy strategy, EffectRewriter rewriter) {}

    private final List<Part> parts;
    private final Insider insider;
    private final Counters counters;

    public Malice(List<Strategy> strategies, Insider insider, Counters counters) {
        this.parts = strategies.stream()
                .map(strategy -> new Part(strategy, strategy.rewriter(insider)))
                .toList();
        this.insider = insider;
        this.counters = counters;
    }

    /** One way of its own. */
    Malice(Strategy strategy, EffectRewriter rewriter, Insider insider) {
        this.parts = List.of(new Part(strategy, rewriter));
        this.insider = insider;
        this.counters = new Counters();
    }

    /** What is performed in place of an effect of the honest code. */
    public List<Effect> rewrite(Effect effect) {
        List<Effect> effects = new ArrayList<>();
        if (effect instanceof Effect.Broadcast broadcast) {
            insider.peers().forEach(peer -> effects.add(new Effect.Send(peer, broadcast.message())));
        } else {
            effects.add(effect);
        }
        return through(0, effects);
    }

    /** What is performed besides, when {@code event} happens. */
    public List<Effect> provokedBy(Event event) {
        List<Effect> effects = new ArrayList<>();
        for (int i = 0; i < parts.size(); i++) {
            List<Effect> own = parts.get(i).rewriter().provokedBy(event);
            if (!own.isEmpty()) {
                counters.count("strategy " + parts.get(i).strategy());
                effects.addAll(through(i + 1, own));
            }
        }
        return effects;
    }

    /**
     * Whether the honest code must not learn of {@code event}. Its own proposals, that peers return, are hidden too: they
     * may be none that it made.
     */
    public boolean hides(Event event) {
        if (event instanceof Event.Received received
                && received.message().message() instanceof Message.PrePrepare proposal
                && proposal.primary().equals(insider.self())) {
            return true;
        }
        for (Part part : parts) {
            if (part.rewriter().hides(event)) {
                counters.count("strategy " + part.strategy());
                return true;
            }
        }
        return false;
    }

    private List<Effect> through(int first, List<Effect> effects) {
        List<Effect> current = effects;
        for (Part part : parts.subList(first, parts.size())) {
            List<Effect> next = new ArrayList<>();
            for (Effect effect : current) {
                List<Effect> changed = part.rewriter().rewrite(effect);
                if (changed.size() != 1 || !isSame(changed.getFirst(), effect)) {
                    counters.count("strategy " + part.strategy());
                }
                next.addAll(changed);
            }
            current = next;
        }
        return current;
    }

    /** Whoever leaves a message alone returns it; to compare contents would cost more than the run. */
    @SuppressWarnings("ReferenceEquality")
    private static boolean isSame(Effect one, Effect other) {
        return one == other
                || (one instanceof Effect.Send a && other instanceof Effect.Send b && a.message() == b.message());
    }
}
