package dev.cairn.ssh;

import dev.cairn.protocol.model.Bytes;
import java.util.Base64;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A public key that was checked when it was read, ready for verifying. Two keys are equal if their bytes are; a key has
 * only one spelling. Instances are safe for use by many threads.
 */
public abstract sealed class SshPublicKey permits Ed25519Key, EcdsaP256Key, RsaKey, HardwareKey {
    static final String WHAT = "the public key";

    /** The longest spelling is an RSA key's, of {@link RsaKey#MAX_MODULUS_BITS}. */
    private static final int MAX_BLOB_BYTES = 2048;

    private final KeyKind kind;
    private final Bytes blob;

    SshPublicKey(KeyKind kind, Bytes blob) {
        this.kind = kind;
        this.blob = blob;
    }

    /**
     * Reads the key in OpenSSH's wire format. Costs up to a few verifications, as the key is checked for good.
     *
     * @throws SshException if it is of no accepted kind, weak, no valid point, or spelled in another way
     */
    public static SshPublicKey parse(Bytes blob) throws SshException {
        if (blob.size() > MAX_BLOB_BYTES) {
            throw new SshException(
                    SshRefusal.MALFORMED, "a public key has at most " + MAX_BLOB_BYTES + " bytes, not " + blob.size());
        }
        SshReader in = new SshReader(WHAT, blob);
        String name = in.nextName();
        KeyKind kind = KeyKind.named(name)
                .orElseThrow(() -> new SshException(
                        SshRefusal.UNKNOWN_KEY_KIND,
                        "keys of kind " + name + " are not accepted; use ssh-ed25519, a sk- key, ecdsa-sha2-nistp256,"
                                + " or ssh-rsa of " + RsaKey.MIN_MODULUS_BITS + " bits or more"));
        SshPublicKey key = switch (kind) {
            case ED25519 -> Ed25519Key.read(blob, in);
            case ECDSA_P256 -> EcdsaP256Key.read(blob, in);
            case RSA -> RsaKey.read(blob, in);
            case SK_ED25519, SK_ECDSA_P256 -> HardwareKey.read(kind, blob, in);
        };
        in.requireEnd();
        return key;
    }

    /**
     * Reads one line of a {@code .pub} file, or of {@code authorized_keys} without options: kind, Base64, and a comment
     * that is dropped.
     */
    public static SshPublicKey parseLine(String line) throws SshException {
        String[] words = line.strip().split(" +", 3);
        if (words.length < 2) {
            throw new SshException(
                    SshRefusal.MALFORMED,
                    "the line is not \"KIND BASE64 COMMENT\" without options; use the line of the .pub file");
        }
        SshPublicKey key = parse(decodeBase64(words[1]));
        if (!key.kind.keyName().equals(words[0])) {
            throw new SshException(
                    SshRefusal.NON_CANONICAL_KEY,
                    "the line says " + words[0] + " and holds a key of kind " + key.kind.keyName()
                            + "; use the line of the .pub file");
        }
        return key;
    }

    private static Bytes decodeBase64(String text) throws SshException {
        byte[] bytes;
        try {
            bytes = Base64.getDecoder().decode(text);
        } catch (IllegalArgumentException e) {
            throw new SshException(SshRefusal.MALFORMED, "the key is not Base64; use the line of the .pub file");
        }
        if (!Base64.getEncoder().encodeToString(bytes).equals(text)) {
            throw new SshException(
                    SshRefusal.NON_CANONICAL_KEY,
                    "the key's Base64 is not in its usual spelling; use the line of the .pub file");
        }
        return Bytes.wrap(bytes);
    }

    public KeyKind kind() {
        return kind;
    }

    /** OpenSSH's wire format, the key's identity. */
    public Bytes blob() {
        return blob;
    }

    public Fingerprint fingerprint() {
        return Fingerprint.of(blob);
    }

    /** Kind and Base64, as in a {@code .pub} file. */
    public String line() {
        return kind.keyName() + " " + Base64.getEncoder().encodeToString(blob.shared());
    }

    /**
     * Checks what follows the algorithm's name in a signature.
     *
     * @return what a device vouched for; nothing for a key that is in none
     * @throws SshException if the signature is not this key's on {@code message}
     */
    abstract Optional<Touch> verify(SshReader signature, byte[] message) throws SshException;

    static SshException notSigned() {
        return new SshException(
                SshRefusal.NOT_SIGNED,
                "the signature is not this key's on this text; sign the very file that is submitted");
    }

    @Override
    public final boolean equals(@Nullable Object other) {
        return other instanceof SshPublicKey that && blob.equals(that.blob);
    }

    @Override
    public final int hashCode() {
        return blob.hashCode();
    }

    @Override
    public final String toString() {
        return kind.keyName() + " " + fingerprint();
    }
}
