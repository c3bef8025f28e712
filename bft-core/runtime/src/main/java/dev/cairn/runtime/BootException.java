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
        /** The log is damaged. */
        CORRUPT,
        /** The log is sound, but the state beside it is not what the log says: it must be made anew. */
        STATE,
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
