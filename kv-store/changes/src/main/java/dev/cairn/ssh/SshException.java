package dev.cairn.ssh;

/** A key or a signature is refused. The message is one line: what is wrong, and what to do. */
public final class SshException extends Exception {
    private static final long serialVersionUID = 1;

    private final SshRefusal reason;

    public SshException(SshRefusal reason, String message) {
        super(message);
        this.reason = reason;
    }

    public SshRefusal reason() {
        return reason;
    }
}
