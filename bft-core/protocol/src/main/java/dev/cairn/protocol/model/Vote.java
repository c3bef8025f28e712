package dev.cairn.protocol.model;

/** A signed vote for a ballot. Prepare, Commit and Checkpoint are types of their own so that they cannot be mixed up. */
public sealed interface Vote extends Message permits Message.Prepare, Message.Commit, Message.Checkpoint {
    Phase phase();

    Ballot ballot();

    ReplicaId voter();

    Signature signature();

    static Vote of(Phase phase, Ballot ballot, ReplicaId voter, Signature signature) {
        return switch (phase) {
            case PREPARE -> new Message.Prepare(ballot, voter, signature);
            case COMMIT -> new Message.Commit(ballot, voter, signature);
            case CHECKPOINT -> new Message.Checkpoint(ballot, voter, signature);
        };
    }
}
