package dev.cairn.server.config;

/**
 * A start that cannot go on. The message is one line for the operator: what is wrong, where, and what to do about it;
 * it never holds a secret.
 */
public final class StartupException extends Exception {
    private static final long serialVersionUID = 1L;

    public StartupException(String message) {
        super(message);
    }

    public StartupException(String message, Throwable cause) {
        super(message, cause);
    }
}
