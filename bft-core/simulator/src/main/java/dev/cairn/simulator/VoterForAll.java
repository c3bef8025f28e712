package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;

/** Votes for every block that anybody proposes or votes for, in both phases and to everyone, whatever it said before. */
final class VoterForAll implements EffectRewriter {
    private final Insider insider;

    VoterForAll(Insider insider) {
        this.insider = insider;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        return List.of(effect);
    }

    @Override
    public List<Effect> provokedBy(Event event) {
        if (!(event instanceof Event.Received received)) {
            return List.of();
        }
        Ballot ballot = switch (received.message().message()) {
            case Message.PrePrepare m -> m.ballot();
            case Message.Prepare m -> m.ballot();
            default -> null;
        };
        if (ballot == null) {
            return List.of();
        }
        List<Effect> votes = new ArrayList<>();
        for (Phase phase : List.of(Phase.PREPARE, Phase.COMMIT)) {
            Vote vote = insider.vote(phase, ballot);
            insider.peers().forEach(peer -> votes.add(new Effect.Send(peer, vote)));
        }
        return votes;
    }
}
