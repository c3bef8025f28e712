package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Statement;
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
        Statement statement = new Statement(
                Statement.Kind.SUSPECT, insider.chainId(), status.epoch(), status.view(), Height.GENESIS, Digest.ZERO);
        Message suspicion = new Message.Suspect(status.epoch(), status.view(), insider.self(), insider.sign(statement));
        return List.of(effect, new Effect.Send(send.to(), suspicion));
    }
}
