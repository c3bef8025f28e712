package dev.cairn.runtime;

import dev.cairn.protocol.model.Bytes;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;

/**
 * A replica's own secrets: the Ed25519 seed that it votes and signs requests with, and the ECDSA P-256 key of its TLS
 * certificate. Prints none of them.
 *
 * @param voteSeed 32 bytes
 */
public record KeyMaterial(Bytes voteSeed, PrivateKey tlsKey, X509Certificate tlsCertificate) {
    private static final int SEED_BYTES = 32;

    public KeyMaterial {
        if (voteSeed.size() != SEED_BYTES) {
            throw new IllegalArgumentException("a vote key's seed has 32 bytes, not " + voteSeed.size());
        }
    }

    @Override
    public String toString() {
        return "KeyMaterial(" + tlsCertificate.getSubjectX500Principal() + ")";
    }
}
