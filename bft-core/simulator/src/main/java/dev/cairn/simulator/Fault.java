package dev.cairn.simulator;

/**
 * Something that goes wrong for a while. {@code targets} is a set of replicas, bit i for replica i; bits beyond the
 * cluster mean nothing.
 */
public record Fault(Kind kind, int atMillis, int lastsMillis, int targets) {
    public enum Kind {
        /** The targets stop at once, lose what was not synced, and start again when it is over. */
        CRASH,
        /** Nothing passes between the targets and the rest. */
        PARTITION,
        /** Nothing that the targets send arrives. */
        MUTE,
        /** Nothing that is sent to the targets arrives. */
        DEAFEN,
        /** Nothing about view changes arrives at the targets: they stay behind in their view, and see what is committed. */
        BLIND_TO_VIEWS,
        /** The links between the targets and the rest break and take this long to come back. */
        RESET,
        /** Over and over, whoever is primary is asked to hand over to one of the targets. */
        HAND_OVER,
        /** Messages from and to the targets take many times as long. */
        SLOW_LINKS,
        /** No fsync of the targets completes before it is over. */
        STALL_DISK,
        /** As CRASH, and the record that was being written is there in part. */
        TORN_WRITE,
        /** The targets cannot write; one that has to stops at once, and starts again when it is over. */
        DISK_FULL,
        /** No fsync of the targets succeeds; one that has to wait for it stops, and starts again when it is over. */
        FSYNC_ERROR,
        /** The targets stop, and a durable record is damaged. They find that when they start, and stay down for good. */
        BIT_ROT,
        /** The targets stop and start again on an old copy of their log: Byzantine from then on, like any that forgets. */
        ROLLBACK,
        /**
         * The states that the targets hold in memory go wrong. They find that when a quorum certifies what they do not
         * get, and fetch the state from the others. Until then they are of no more use than a Byzantine replica.
         */
        CORRUPT_STATE;

        /** Whether a replica that it hits is one of the f: for ever after, or for as long as it takes to mend. */
        boolean usesUpF() {
            return this == BIT_ROT || this == ROLLBACK || this == CORRUPT_STATE;
        }

        /** Whether replicas that it has stopped start again at its end. */
        boolean stopsReplicas() {
            return switch (this) {
                case CRASH, TORN_WRITE, DISK_FULL, FSYNC_ERROR, BIT_ROT, ROLLBACK -> true;
                case PARTITION, MUTE, DEAFEN, BLIND_TO_VIEWS, RESET, SLOW_LINKS, STALL_DISK, CORRUPT_STATE, HAND_OVER ->
                    false;
            };
        }
    }

    public Fault {
        if (atMillis < 0 || lastsMillis < 0) {
            throw new IllegalArgumentException("a fault begins and ends after the world does");
        }
    }

    boolean hits(int replica) {
        return (targets >>> replica & 1) == 1;
    }

    boolean separates(int one, int other) {
        return hits(one) != hits(other);
    }

    @Override
    public String toString() {
        return kind + "@" + atMillis + "+" + lastsMillis + ":" + targets;
    }

    static Fault parse(String text) {
        String[] parts = text.split("[@+:]", 4);
        if (parts.length != 4) {
            throw new IllegalArgumentException("not a fault: " + text);
        }
        return new Fault(
                Kind.valueOf(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]));
    }
}
