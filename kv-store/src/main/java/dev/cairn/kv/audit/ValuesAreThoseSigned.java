package dev.cairn.kv.audit;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** Each key that the text puts was put, with the value whose hash and length people signed. */
final class ValuesAreThoseSigned implements ChangeRule {
    @Override
    public Optional<String> broken(Execution change) {
        if (!(change.text() instanceof Change keys)) {
            return Optional.empty();
        }
        return keys.operations().stream()
                .filter(ChangeOperation.Put.class::isInstance)
                .map(ChangeOperation.Put.class::cast)
                .filter(put -> !isWritten(put, change))
                .findFirst()
                .map(put -> "key " + ChangeText.printKey(put.key()) + " has not the value of SHA-256 "
                        + put.valueDigest().toHex());
    }

    private static boolean isWritten(ChangeOperation.Put put, Execution change) {
        Bytes key = Space.CLIENTS.treeKey(put.key());
        return change.writes().stream()
                .map(KeyEvent::change)
                .filter(KeyVersion::isLive)
                .filter(version -> version.treeKey().equals(key))
                .map(KeyVersion::value)
                .anyMatch(value -> value.digest().equals(put.valueDigest()) && value.length() == put.valueBytes());
    }
}
