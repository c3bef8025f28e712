package dev.cairn.cli;

/** A command that cannot do what was asked. The message is one line for the user: what happened, and what to do. */
public final class Failure extends Exception {
    private static final long serialVersionUID = 1L;

    public Failure(String message) {
        super(message);
    }

    public Failure(String message, Throwable cause) {
        super(message, cause);
    }
}
