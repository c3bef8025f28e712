package dev.cairn.client;

import java.util.List;
import java.util.stream.Collectors;

/** No replica gave an answer that can be believed. There is no other: a client that verifies fails closed. */
public final class NotVerifiedException extends Exception {
    private static final long serialVersionUID = 1L;

    private final transient List<Attempt> attempts;

    NotVerifiedException(List<Attempt> attempts) {
        super("no replica gave an answer that can be believed: "
                + attempts.stream().map(Attempt::toString).collect(Collectors.joining(", ")));
        this.attempts = List.copyOf(attempts);
    }

    /** Who was asked, in order, and what was wrong with each answer. */
    public List<Attempt> attempts() {
        return attempts;
    }
}
