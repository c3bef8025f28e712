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
        /** The links between the targets and the rest break and take this long to come back. */
        RESET,
        /** Messages from and to the targets take many times as long. */
        SLOW_LINKS,
        /** No fsync of the targets completes before it is over. */
        STALL_DISK
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
