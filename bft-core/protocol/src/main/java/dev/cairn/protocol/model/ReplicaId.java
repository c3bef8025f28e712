package dev.cairn.protocol.model;

/** A replica's index in its epoch's member list, from 0. */
public record ReplicaId(int index) implements Comparable<ReplicaId> {
    public ReplicaId {
        if (index < 0) {
            throw new IllegalArgumentException("replica index " + index + " is negative");
        }
    }

    @Override
    public int compareTo(ReplicaId other) {
        return Integer.compare(index, other.index);
    }

    @Override
    public String toString() {
        return "r" + index;
    }
}
