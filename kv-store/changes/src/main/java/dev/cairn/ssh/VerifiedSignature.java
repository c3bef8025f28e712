package dev.cairn.ssh;

import dev.cairn.protocol.model.Digest;
import java.util.Optional;

/** A signature that was verified. Only {@link SshSignature#verify} makes one. */
public final class VerifiedSignature {
    private final SshPublicKey key;
    private final String namespace;
    private final Digest messageDigest;
    private final Optional<Touch> touch;

    VerifiedSignature(SshPublicKey key, String namespace, Digest messageDigest, Optional<Touch> touch) {
        this.key = key;
        this.namespace = namespace;
        this.messageDigest = messageDigest;
        this.touch = touch;
    }

    public SshPublicKey key() {
        return key;
    }

    public String namespace() {
        return namespace;
    }

    /** SHA-256 of the signed text. */
    public Digest messageDigest() {
        return messageDigest;
    }

    /** What the device vouched for; nothing if the key is in none. */
    public Optional<Touch> touch() {
        return touch;
    }
}
