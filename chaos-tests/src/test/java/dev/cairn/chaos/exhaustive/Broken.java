package dev.cairn.chaos.exhaustive;

/** An invariant does not hold. */
final class Broken extends RuntimeException {
    private static final long serialVersionUID = 1;

    Broken(String invariant, String how) {
        super(invariant + ": " + how);
    }
}
