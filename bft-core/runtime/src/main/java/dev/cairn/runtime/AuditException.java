package dev.cairn.runtime;

import dev.cairn.protocol.model.Height;

/** A block of a log that is not what it should be. The message says which and how. */
public final class AuditException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient Height height;

    public AuditException(Height height, String what) {
        super("block " + height.value() + ": " + what);
        this.height = height;
    }

    public AuditException(Height height, String what, Throwable cause) {
        super("block " + height.value() + ": " + what, cause);
        this.height = height;
    }

    /** The lowest block that does not hold. */
    public Height height() {
        return height;
    }
}
