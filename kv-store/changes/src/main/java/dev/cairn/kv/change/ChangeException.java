package dev.cairn.kv.change;

/** A text or what belongs to it is refused. The message is one line: what is wrong, and what to do. */
public final class ChangeException extends Exception {
    private static final long serialVersionUID = 1;

    private final ChangeRefusal reason;
    private final String message;

    public ChangeException(ChangeRefusal reason, String message) {
        super(message);
        this.reason = reason;
        this.message = message;
    }

    /** What parts that fit into no text mean for the text that they were read from. */
    static ChangeException of(IllegalArgumentException parts) {
        ChangeRefusal reason =
                parts instanceof RefusedPartsException refused ? refused.reason() : ChangeRefusal.NOT_CANONICAL;
        return new ChangeException(reason, String.valueOf(parts.getMessage()));
    }

    @Override
    public String getMessage() {
        return message;
    }

    public ChangeRefusal reason() {
        return reason;
    }
}
