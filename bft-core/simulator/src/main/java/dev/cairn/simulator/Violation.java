package dev.cairn.simulator;

/** An invariant was broken. */
final class Violation extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String what;

    Violation(String invariant, String how) {
        super(invariant + ": " + how);
        this.what = invariant + ": " + how;
    }

    String what() {
        return what;
    }
}
