package dev.cairn.client;

import java.util.List;
import java.util.stream.Collectors;

/** No replica gave an answer that can be believed. There is no other: a client that verifies fails closed. */
public final class NotVerifiedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Attempt> attempts;

    NotVerifiedException(List<Attempt> attempts) {
        super((isSilence(attempts) ? "no replica answered: " : "no replica gave an answer that can be believed: ")
                + attempts.stream().map(Attempt::toString).collect(Collectors.joining(", "))
                + (isSilence(attempts) ? "; does a quorum run, and are these its replicas?" : ""));
        this.attempts = List.copyOf(attempts);
    }

    /** Whether nothing was wrong with any answer, because there was none. */
    private static boolean isSilence(List<Attempt> attempts) {
        return attempts.stream().allMatch(attempt -> attempt.refusal() instanceof Refusal.NoAnswer);
    }

    /** Who was asked, in order, and what was wrong with each answer. */
    public List<Attempt> attempts() {
        return attempts;
    }
}
