package dev.cairn.kv.change;

/** Carries to the parser which rule the parts of a text break. */
final class RefusedPartsException extends IllegalArgumentException {
    private static final long serialVersionUID = 1;

    private final ChangeRefusal reason;

    RefusedPartsException(ChangeRefusal reason, String message) {
        super(message);
        this.reason = reason;
    }

    ChangeRefusal reason() {
        return reason;
    }
}
