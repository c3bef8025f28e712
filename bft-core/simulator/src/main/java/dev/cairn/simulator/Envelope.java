package dev.cairn.simulator;

import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Message;
import java.util.Optional;

/** A message under way. Its signatures are checked by whoever reads it first; the answer is the same for everyone. */
final class Envelope {
    final Message message;
    private boolean checked;
    private Optional<Verified<Message>> verified = Optional.empty();

    Envelope(Message message) {
        this.message = message;
    }

    Optional<Verified<Message>> open(SimCrypto crypto) {
        if (!checked) {
            verified = crypto.verify(message);
            checked = true;
        }
        return verified;
    }
}
