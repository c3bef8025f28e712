package dev.cairn.simulator;

import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Message;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A message under way. Its signatures are checked by whoever reads it first; the answer is the same for everyone. */
final class Envelope {
    final Message message;
    private @Nullable Optional<Verified<Message>> verified;

    Envelope(Message message) {
        this.message = message;
    }

    Optional<Verified<Message>> open(SimCrypto crypto) {
        Optional<Verified<Message>> known = verified;
        if (known == null) {
            known = crypto.verify(message);
            verified = known;
        }
        return known;
    }
}
