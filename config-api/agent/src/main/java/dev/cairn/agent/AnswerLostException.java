package dev.cairn.agent;

/** A write was done, which is proven, and what it read on the way did not come back. */
public final class AnswerLostException extends Exception {
    private static final long serialVersionUID = 1L;

    AnswerLostException(long revision) {
        super("it was done at revision " + revision
                + ", and what it read did not come back from the replica that did it; read anew");
    }
}
