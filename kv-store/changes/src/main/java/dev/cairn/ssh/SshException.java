package dev.cairn.ssh;

/** A key or a signature is refused. The message is one line: what is wrong, and what to do. */
public final class SshException extends Exception {
    private static final long serialVersionUID = 1;

    private final SshRefusal reason;
    private final String message;

    public SshException(SshRefusal reason, String message) {
        super(message);
        this.reason = reason;
        this.message = message;
    }

    @Override
    public String getMessage() {
        return message;
    }

    public SshRefusal reason() {
        return reason;
    }
}
