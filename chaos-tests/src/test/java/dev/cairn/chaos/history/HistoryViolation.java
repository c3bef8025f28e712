package dev.cairn.chaos.history;

/** No correct store can have given these answers; the message says which of them contradict each other. */
public final class HistoryViolation extends Exception {
    private static final long serialVersionUID = 1;

    HistoryViolation(String message) {
        super(message);
    }
}
