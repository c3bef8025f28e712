package dev.cairn.ssh;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Base64;
import java.util.Optional;

/** SHA-256 of a public key, spelled as {@code ssh-keygen -l} prints it. */
public record Fingerprint(Digest sha256) implements Comparable<Fingerprint> {
    private static final String PREFIX = "SHA256:";

    public static Fingerprint of(Bytes keyBlob) {
        return new Fingerprint(Hashing.sha256(keyBlob.shared()));
    }

    /** The fingerprint, or nothing if {@code text} is not exactly what {@link #toString} writes for some key. */
    public static Optional<Fingerprint> parse(String text) {
        if (!text.startsWith(PREFIX)) {
            return Optional.empty();
        }
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text.substring(PREFIX.length()));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
        if (bytes.length != Digest.BYTES) {
            return Optional.empty();
        }
        Fingerprint fingerprint = new Fingerprint(Digest.of(bytes));
        return fingerprint.toString().equals(text) ? Optional.of(fingerprint) : Optional.empty();
    }

    @Override
    public int compareTo(Fingerprint other) {
        return sha256.compareTo(other.sha256);
    }

    @Override
    public String toString() {
        return PREFIX + Base64.getEncoder().withoutPadding().encodeToString(sha256.toArray());
    }
}
