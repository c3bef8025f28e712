package dev.cairn.protocol.model;

/** The reign of one primary. Views are numbered from 0, only grow, and never restart at an epoch. */
public record View(long number) implements Comparable<View> {
    public static final View ZERO = new View(0);

    public View {
        if (number < 0) {
            throw new IllegalArgumentException("view " + number + " is negative");
        }
    }

    public View next() {
        return new View(Math.addExact(number, 1));
    }

    public boolean isAfter(View other) {
        return number > other.number;
    }

    @Override
    public int compareTo(View other) {
        return Long.compare(number, other.number);
    }

    @Override
    public String toString() {
        return "v" + number;
    }
}
