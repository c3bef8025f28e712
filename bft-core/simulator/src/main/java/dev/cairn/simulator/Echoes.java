package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import java.util.ArrayList;
import java.util.List;

/** The right words at the wrong time. */
final class Echoes {
    private Echoes() {}

    /** Holds back everything it says for almost as long as others wait for a request. */
    static final class Dawdler implements EffectRewriter {
        private static final int MOST_MICROS = 280_000;

        private final Insider insider;

        Dawdler(Insider insider) {
            this.insider = insider;
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            if (effect instanceof Effect.Send && insider.random().nextInt(4) == 0) {
                insider.later(insider.random().nextInt(MOST_MICROS), effect);
                return List.of();
            }
            return List.of(effect);
        }
    }

    /** Says, besides what is to be said, something that it said before. */
    static final class Replayer implements EffectRewriter {
        private static final int REMEMBERED = 500;

        private final Insider insider;
        private final List<Effect> said = new ArrayList<>();

        Replayer(Insider insider) {
            this.insider = insider;
        }

        @Override
        public List<Effect> rewrite(Effect effect) {
            if (!(effect instanceof Effect.Send)) {
                return List.of(effect);
            }
            if (said.size() < REMEMBERED) {
                said.add(effect);
            } else {
                said.set(insider.random().nextInt(REMEMBERED), effect);
            }
            return insider.random().nextInt(3) == 0
                    ? List.of(effect, said.get(insider.random().nextInt(said.size())))
                    : List.of(effect);
        }
    }
}
