package dev.cairn.kv.proof;

/** The bytes or the claim prove nothing. The message says in one line what is wrong with them. */
public final class InvalidProofException extends Exception {
    private static final long serialVersionUID = 1;

    private final Refusal reason;

    public InvalidProofException(Refusal reason, String message) {
        super(message);
        this.reason = reason;
    }

    public Refusal reason() {
        return reason;
    }
}
