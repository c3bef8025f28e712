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

    @Override
    public String getMessage() {
        return message;
    }

    public ChangeRefusal reason() {
        return reason;
    }
}
