package dev.cairn.client;

import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** No replica gave an answer that can be believed. There is no other: a client that verifies fails closed. */
public final class NotVerifiedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Attempt> attempts;

    NotVerifiedException(List<Attempt> attempts) {
        super(beginning(attempts)
                + attempts.stream().map(Attempt::toString).collect(Collectors.joining(", "))
                + (isSilence(attempts) ? "; does a quorum run, and are these its replicas?" : ""));
        this.attempts = List.copyOf(attempts);
    }

    private static String beginning(List<Attempt> attempts) {
        if (isSilence(attempts)) {
            return "no replica answered: ";
        }
        return declined(attempts).isPresent()
                ? "the replicas do not answer this: "
                : "no replica gave an answer that can be believed: ";
    }

    /** The last that would not answer because of who asks, where all others were silent. */
    private static Optional<Refusal.Declined> declined(List<Attempt> attempts) {
        boolean noneLied = attempts.stream()
                .allMatch(attempt ->
                        attempt.refusal() instanceof Refusal.NoAnswer || attempt.refusal() instanceof Refusal.Declined);
        return attempts.stream()
                .filter(_ -> noneLied)
                .map(Attempt::refusal)
                .filter(Refusal.Declined.class::isInstance)
                .map(Refusal.Declined.class::cast)
                .reduce((_, last) -> last);
    }

    /**
     * What all replicas that answered have against who asks, as the last of them put it; nothing if there was anything else.
     * Nobody proves it: where f + 1 of them say so an honest one does.
     */
    public Optional<Refusal.Declined> declined() {
        return declined(attempts);
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
