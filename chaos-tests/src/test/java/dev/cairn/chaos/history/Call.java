package dev.cairn.chaos.history;

/** One call of one client. */
public record Call(int id, long invokedNanos, Operation operation, Outcome outcome) {
    @Override
    public String toString() {
        return "call " + id + ", " + operation + " from " + invokedNanos + " ns: " + outcome;
    }
}
