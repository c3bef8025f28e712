package dev.cairn.protocol;

import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Request;
import java.util.List;
import java.util.Set;

/**
 * A message every signature of which was checked: its own and those in certificates and messages inside it, each
 * certificate with a quorum of distinct members. Only an {@link Authenticator} makes one from a message that was not checked.
 */
public final class Verified<M extends Message> {
    private final M message;

    Verified(M message) {
        this.message = message;
    }

    public M message() {
        return message;
    }

    /**
     * A {@link Message.Forward} that lacks some of its requests. The others are as verified as before: each carries its own
     * signature, and nothing is signed about all of them together.
     *
     * @throws IllegalArgumentException for any other message
     */
    public static Verified<Message> without(Verified<Message> forward, Set<Request> dropped) {
        if (!(forward.message instanceof Message.Forward(List<Request> requests, boolean relayed))) {
            throw new IllegalArgumentException("only a Forward may lose requests, not " + forward);
        }
        List<Request> kept =
                requests.stream().filter(request -> !dropped.contains(request)).toList();
        return new Verified<>(new Message.Forward(kept, relayed));
    }

    @Override
    public String toString() {
        return message.toString();
    }
}
