package dev.cairn.cli;

/** A command that cannot do what was asked. The message is one line for the user: what happened, and what to do. */
public sealed class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    public Failure(String message) {
        super(message);
    }

    public Failure(String message, Throwable cause) {
        super(message, cause);
    }

    /** The cluster gave no answer, which says nothing about what was asked. */
    public static final class NoAnswer extends Failure {
        private static final long serialVersionUID = 1L;

        NoAnswer(String message) {
            super(message);
        }

        public NoAnswer(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
