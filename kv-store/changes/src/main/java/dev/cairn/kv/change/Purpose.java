package dev.cairn.kv.change;

/** What a signature is for: one SSHSIG namespace each, so that none can be passed off as another. */
public enum Purpose {
    /** The author's, on a change. */
    CHANGE("change@cairn.dev"),
    /** Another person's, on an {@link Endorsement} that approves a change. */
    APPROVE("approve@cairn.dev"),
    /** On an {@link Endorsement} that takes an approval or a change back. */
    WITHDRAW("withdraw@cairn.dev"),
    /** On a change of principals and guards. */
    ADMIN("admin@cairn.dev");

    private final String namespace;

    Purpose(String namespace) {
        this.namespace = namespace;
    }

    public String namespace() {
        return namespace;
    }
}
