package dev.cairn.protocol.model;

/** A span of the chain with one set of members and keys, numbered from 0. */
public record Epoch(long number) {
    public static final Epoch ZERO = new Epoch(0);

    public Epoch {
        if (number < 0) {
            throw new IllegalArgumentException("epoch " + number + " is negative");
        }
    }
}
