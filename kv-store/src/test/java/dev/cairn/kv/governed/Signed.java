package dev.cairn.kv.governed;

import dev.cairn.kv.change.Purpose;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.ssh.SshPublicKey;
import java.util.Optional;

/**
 * A signature as whoever made it knows it.
 *
 * @param key nothing if the bytes are no signature at all
 * @param purpose what it is handed in as
 * @param isRight whether it is one on the text and for the purpose that it is handed in for
 * @param seconds block time when it was handed in
 */
public record Signed(Optional<SshPublicKey> key, Purpose purpose, boolean isRight, Bytes armoured, long seconds) {
    boolean isAuthors() {
        return purpose == Purpose.CHANGE || purpose == Purpose.ADMIN;
    }
}
