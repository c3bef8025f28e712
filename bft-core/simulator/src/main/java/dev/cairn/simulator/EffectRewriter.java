package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import java.util.List;

/**
 * One way of being Byzantine: honest code behind somebody who changes what it does. It may drop, change, delay and
 * invent effects, and close its ears; it signs with its own key and no other. A broadcast comes here as one send for
 * each peer.
 */
interface EffectRewriter {
    List<Effect> rewrite(Effect effect);

    /** What it says on its own account when something happens to it. */
    default List<Effect> provokedBy(Event event) {
        return List.of();
    }

    /** Whether the honest code inside never learns of the event. */
    default boolean hides(Event event) {
        return false;
    }
}
