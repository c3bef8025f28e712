package dev.cairn.protocol.model;

/** A block's place in the chain; genesis has 0. */
public record Height(long value) implements Comparable<Height> {
    public static final Height GENESIS = new Height(0);

    public Height {
        if (value < 0) {
            throw new IllegalArgumentException("height " + value + " is negative");
        }
    }

    public Height next() {
        return plus(1);
    }

    public Height plus(long blocks) {
        return new Height(Math.addExact(value, blocks));
    }

    public boolean isAbove(Height other) {
        return value > other.value;
    }

    public boolean isAtMost(Height other) {
        return value <= other.value;
    }

    @Override
    public int compareTo(Height other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return "h" + value;
    }
}
