package dev.cairn.runtime;

/**
 * A node that cannot start, or must not. The message is for the operator: what is wrong, where, and what to do about
 * it. Nothing was overwritten.
 */
public final class BootException extends Exception {
    private static final long serialVersionUID = 1L;

    /** What kind of obstacle it is. */
    public enum Cause {
        /** Another process holds the data directory. */
        LOCKED,
        /** The data belongs to another cluster. */
        FOREIGN,
        /** The log or the state is damaged, or they contradict each other. */
        CORRUPT,
        /** The data directory or the listening address cannot be used. */
        UNUSABLE
    }

    private final Cause kind;

    public BootException(Cause kind, String message) {
        super(message);
        this.kind = kind;
    }

    public BootException(Cause kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    public Cause kind() {
        return kind;
    }
}
