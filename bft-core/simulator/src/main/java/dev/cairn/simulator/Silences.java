package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.function.Predicate;

/** Byzantine by omission. */
final class Silences {
    private Silences() {}

    static EffectRewriter dropping(Predicate<Effect.Send> unsaid) {
        return effect -> effect instanceof Effect.Send send && unsaid.test(send) ? List.of() : List.of(effect);
    }

    static EffectRewriter towardsLowerHalf(Insider insider) {
        int middle = (insider.peers().size() + 1) / 2;
        return dropping(send -> send.to().index() < middle);
    }

    static boolean isVote(Effect.Send send) {
        return send.message() instanceof Vote;
    }

    static boolean isCommit(Effect.Send send) {
        return send.message() instanceof Message.Commit;
    }

    static boolean isWithoutRequests(Effect.Send send) {
        return send.message() instanceof Message.PrePrepare proposal
                && proposal.block().requests().isEmpty();
    }

    /** Requests of others neither come in nor go out. */
    static final class Censor implements EffectRewriter {
        @Override
        public List<Effect> rewrite(Effect effect) {
            return effect instanceof Effect.Send send && send.message() instanceof Message.Forward
                    ? List.of()
                    : List.of(effect);
        }

        @Override
        public boolean hides(Event event) {
            return event instanceof Event.Received received
                    && received.message().message() instanceof Message.Forward;
        }
    }
}
