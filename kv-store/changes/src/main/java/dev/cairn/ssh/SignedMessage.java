package dev.cairn.ssh;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;

/**
 * A text that people sign, hashed once for all who look at it on its way. SSHSIG's own hash, another one, is made only where a
 * signature is computed.
 *
 * @param digest SHA-256 of the text
 */
public record SignedMessage(Bytes text, Digest digest) {
    public static SignedMessage of(Bytes text) {
        return new SignedMessage(text, Hashing.sha256(text.shared()));
    }
}
