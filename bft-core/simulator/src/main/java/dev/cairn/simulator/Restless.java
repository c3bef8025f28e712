package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Does not keep to the view that it is in. */
final class Restless {
    private Restless() {}

    /** Each vote that it casts, it casts in the view before and in the next one too, and as a COMMIT. */
    static final class VoterAcrossViews implements EffectRewriter {
        private final Insider insider;

        VoterAcrossViews(Insider insider) {
            this.insider = insider;
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            if (!(effect instanceof Effect.Send send)
                    || !(send.message() instanceof Vote vote)
                    || vote.phase() == Phase.CHECKPOINT) {
                return List.of(effect);
            }
            Ballot ballot = vote.ballot();
            List<Effect> votes = new ArrayList<>(List.of(effect));
            for (long view = Math.max(0, ballot.view().number() - 1);
                    view <= ballot.view().number() + 1;
                    view++) {
                Ballot other = new Ballot(ballot.epoch(), new View(view), ballot.height(), ballot.block());
                votes.add(new Effect.Send(send.to(), insider.vote(Phase.COMMIT, other)));
                if (view != ballot.view().number()) {
                    votes.add(new Effect.Send(send.to(), insider.vote(Phase.PREPARE, other)));
                }
            }
            return votes;
        }
    }

    /** With each STATUS, leaves for the next view on its own suspicion alone. */
    static final class HastyLeaver implements EffectRewriter {
        private final Insider insider;

        HastyLeaver(Insider insider) {
            this.insider = insider;
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            if (!(effect instanceof Effect.Send send) || !(send.message() instanceof Message.Status status)) {
                return List.of(effect);
            }
            Message.ViewChange alone = insider.viewChange(
                    status.epoch(),
                    status.view().next(),
                    Optional.empty(),
                    Optional.empty(),
                    new Trigger.Suspicion(List.of(insider.suspicion(status.epoch(), status.view()))));
            return List.of(effect, new Effect.Send(send.to(), alone));
        }
    }
}
