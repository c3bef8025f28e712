package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Message;
import java.util.List;

/** With each STATUS, suspects the primary of the view it names. */
final class Suspecter implements EffectRewriter {
    private final Insider insider;

    Suspecter(Insider insider) {
        this.insider = insider;
    }

    @Override
    public List<Effect> rewrite(Effect effect) {
        if (!(effect instanceof Effect.Send send) || !(send.message() instanceof Message.Status status)) {
            return List.of(effect);
        }
        return List.of(effect, new Effect.Send(send.to(), insider.suspicion(status.epoch(), status.view())));
    }
}
