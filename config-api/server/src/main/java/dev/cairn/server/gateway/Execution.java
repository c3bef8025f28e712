package dev.cairn.server.gateway;

import java.util.List;

/**
 * What became of one committed request.
 *
 * @param <R> what executing one operation gives
 */
public sealed interface Execution<R> {
    /** All its operations were executed, with these results in their order. */
    record Done<R>(List<R> outcomes) implements Execution<R> {
        public Done {
            outcomes = List.copyOf(outcomes);
        }
    }

    /** It opened a session. */
    record SessionOpened<R>(long session) implements Execution<R> {}

    /** Its session is not open any more; nothing of it was executed, nor ever will be. */
    record SessionGone<R>() implements Execution<R> {}

    /** It was executed before, in an earlier block. */
    record Repeated<R>() implements Execution<R> {}
}
