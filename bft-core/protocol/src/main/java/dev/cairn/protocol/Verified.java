package dev.cairn.protocol;

import dev.cairn.protocol.model.Message;

/**
 * A message every signature of which was checked: its own and those in certificates and messages inside it, each
 * certificate with a quorum of distinct members. Only an {@link Authenticator} makes one.
 */
public final class Verified<M extends Message> {
    private final M message;

    Verified(M message) {
        this.message = message;
    }

    public M message() {
        return message;
    }

    @Override
    public String toString() {
        return message.toString();
    }
}
