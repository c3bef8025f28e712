package dev.cairn.simulator;

/** Something that must hold at every moment among honest replicas. It throws {@link Violation} when it does not. */
abstract class Invariant implements Observer {

    final void require(boolean holds, String how, Object... details) {
        if (!holds) {
            throw new Violation(getClass().getSimpleName(), String.format(how, details));
        }
    }
}
