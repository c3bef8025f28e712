package dev.cairn.kv;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeException;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.SignedText;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.ssh.SignedMessage;
import java.util.List;

/**
 * A signed text that was read, with what it was read from: neither is made a second time.
 *
 * @param message the bytes that people sign
 * @param puts of a change of keys, in their order
 */
record ReadText(SignedText content, SignedMessage message, List<ChangeOperation.Put> puts) {
    static ReadText of(SignedMessage message) throws ChangeException {
        SignedText content = SignedText.parse(message.text());
        List<ChangeOperation.Put> puts = content instanceof Change change
                ? change.operations().stream()
                        .filter(ChangeOperation.Put.class::isInstance)
                        .map(ChangeOperation.Put.class::cast)
                        .toList()
                : List.of();
        return new ReadText(content, message, puts);
    }

    Bytes text() {
        return message.text();
    }

    Digest digest() {
        return message.digest();
    }

    /** What it takes up while it waits: its text and all its values, also those that have not come yet. */
    long sizeBytes() {
        return text().size()
                + puts.stream().mapToLong(ChangeOperation.Put::valueBytes).sum();
    }
}
