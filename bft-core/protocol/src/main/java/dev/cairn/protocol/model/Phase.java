package dev.cairn.protocol.model;

/** What a vote says. A certificate holds votes of one phase only. */
public enum Phase {
    PREPARE(Statement.Kind.PREPARE),
    COMMIT(Statement.Kind.COMMIT),
    /** "This block is committed and durable here." Names no view: its ballots carry view 0. */
    CHECKPOINT(Statement.Kind.CHECKPOINT);

    private final Statement.Kind kind;

    Phase(Statement.Kind kind) {
        this.kind = kind;
    }

    public Statement.Kind kind() {
        return kind;
    }
}
