package dev.cairn.simulator;

import org.jspecify.annotations.Nullable;

/** Something that must hold at every moment among honest replicas. It throws {@link Violation} when it does not. */
abstract class Invariant implements Observer {

    @SuppressWarnings("AnnotateFormatMethod") // the annotation is in no library that is used here
    final void require(boolean holds, String how, @Nullable Object... details) {
        if (!holds) {
            throw new Violation(getClass().getSimpleName(), how.formatted(details));
        }
    }
}
