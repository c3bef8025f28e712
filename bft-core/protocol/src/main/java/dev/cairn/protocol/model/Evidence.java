package dev.cairn.protocol.model;

/**
 * Two statements that {@code culprit} signed and of which an honest replica signs one at most: same kind, view and
 * height, different blocks. With the members' keys anyone can check it, now or years later.
 */
public record Evidence(
        Statement.Kind kind,
        ReplicaId culprit,
        Ballot first,
        Signature firstSignature,
        Ballot second,
        Signature secondSignature) {
    public Evidence {
        switch (kind) {
            case PRE_PREPARE, PREPARE, COMMIT, CHECKPOINT -> {}
            case SUSPECT, VIEW_CHANGE, NEW_VIEW, WITNESS, RESIGNATION ->
                throw new IllegalArgumentException(kind + " names no block");
        }
        boolean sameSlot = first.epoch().equals(second.epoch())
                && first.view().equals(second.view())
                && first.height().equals(second.height());
        if (!sameSlot || first.block().equals(second.block())) {
            throw new IllegalArgumentException(first + " and " + second + " do not contradict each other");
        }
    }

    public static Evidence of(Vote first, Vote second) {
        return new Evidence(
                first.phase().kind(),
                first.voter(),
                first.ballot(),
                first.signature(),
                second.ballot(),
                second.signature());
    }

    public static Evidence of(Message.PrePrepare first, Message.PrePrepare second) {
        return new Evidence(
                Statement.Kind.PRE_PREPARE,
                first.primary(),
                first.ballot(),
                first.signature(),
                second.ballot(),
                second.signature());
    }

    /** Whether {@code other} is about the same slot: it would prove nothing new. */
    public boolean repeats(Evidence other) {
        return kind == other.kind
                && culprit.equals(other.culprit)
                && first.view().equals(other.first.view())
                && first.height().equals(other.first.height());
    }

    @Override
    public String toString() {
        return culprit + " signed two " + kind + ": " + first + " and " + second;
    }
}
