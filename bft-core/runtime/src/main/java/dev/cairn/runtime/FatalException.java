package dev.cairn.runtime;

/** Why a node ended by itself. The message is one line for the operator. */
public final class FatalException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public FatalException(String message) {
        super(message);
    }

    public FatalException(String message, Throwable cause) {
        super(message, cause);
    }
}
