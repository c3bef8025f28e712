package dev.cairn.ssh;

import dev.cairn.codec.Ed25519;
import dev.cairn.protocol.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * An Ed25519 key pair that signs as {@code ssh-keygen -Y sign} does, for programs that sign by themselves. Read from the file
 * that {@code ssh-keygen -t ed25519 -N ''} writes (OpenSSH's PROTOCOL.key). Prints no secret, and no error has one.
 */
public final class SshSigningKey {
    private static final String WHAT = "the private key";
    private static final String BEGIN = "-----BEGIN OPENSSH PRIVATE KEY-----\n";
    private static final String END = "-----END OPENSSH PRIVATE KEY-----\n";
    private static final Bytes MAGIC = Bytes.utf8("openssh-key-v1\0");
    private static final String NO_ENCRYPTION = "none";
    private static final int MAX_FILE_BYTES = 8192;
    private static final Ed25519 ALGORITHM = Ed25519.fastest();

    private final SshPublicKey publicKey;
    private final Ed25519.SigningKey key;

    private SshSigningKey(SshPublicKey publicKey, Ed25519.SigningKey key) {
        this.publicKey = publicKey;
        this.key = key;
    }

    /** Reads a private key file that needs no passphrase. */
    public static SshSigningKey parse(Bytes file) throws SshException {
        SshReader in = new SshReader(WHAT, decode(file));
        if (!in.nextRaw(MAGIC.size()).equals(MAGIC)) {
            throw in.malformed("is none of OpenSSH's");
        }
        if (!in.nextName().equals(NO_ENCRYPTION)) {
            throw new SshException(
                    SshRefusal.UNKNOWN_KEY_KIND,
                    "the private key wants a passphrase, and nobody is there to type it; make one for this machine alone"
                            + " with ssh-keygen -t ed25519 -N ''");
        }
        in.nextName();
        in.nextString();
        if (in.nextInt() != 1) {
            throw in.malformed("does not have one key in its file");
        }
        SshPublicKey publicKey = SshPublicKey.parse(in.nextString());
        if (publicKey.kind() != KeyKind.ED25519) {
            throw new SshException(
                    SshRefusal.UNKNOWN_KEY_KIND,
                    "the private key is of kind " + publicKey.kind().keyName()
                            + "; programs sign with ssh-ed25519 alone: ssh-keygen -t ed25519 -N ''");
        }
        Ed25519.SigningKey key = signingKey(new SshReader(WHAT, in.nextString()));
        in.requireEnd();
        return belongingTogether(publicKey, key);
    }

    private static Bytes decode(Bytes file) throws SshException {
        String text = file.size() > MAX_FILE_BYTES ? "" : new String(file.shared(), StandardCharsets.US_ASCII);
        if (text.startsWith(BEGIN) && text.endsWith(END)) {
            try {
                String body = text.substring(BEGIN.length(), text.length() - END.length());
                return Bytes.wrap(Base64.getDecoder().decode(body.replace("\n", "")));
            } catch (IllegalArgumentException | StringIndexOutOfBoundsException e) {
                // Said below, without the content.
            }
        }
        throw new SshException(
                SshRefusal.MALFORMED_ARMOUR,
                "the private key is no file as ssh-keygen -t ed25519 -N '' writes it; name that file, not the .pub beside it");
    }

    /** What is secret: two equal numbers, the kind, the key, the secret and the key once more, a comment, and padding. */
    private static Ed25519.SigningKey signingKey(SshReader in) throws SshException {
        int check = in.nextInt();
        if (in.nextInt() != check) {
            throw in.malformed("is damaged");
        }
        in.nextName();
        in.nextString();
        Bytes secret = in.nextString();
        if (secret.size() != Ed25519.SEED_BYTES + Ed25519.KEY_BYTES) {
            throw in.malformed("has a secret of another length");
        }
        return ALGORITHM.signingKey(secret.slice(0, Ed25519.SEED_BYTES));
    }

    private static SshSigningKey belongingTogether(SshPublicKey publicKey, Ed25519.SigningKey key) throws SshException {
        Bytes expected = new SshWriter()
                .putName(KeyKind.ED25519.keyName())
                .putString(key.publicKey())
                .toBytes();
        if (!publicKey.blob().equals(expected)) {
            throw new SshException(SshRefusal.OTHER_KEY, "the private key file has two halves of different keys");
        }
        return new SshSigningKey(publicKey, key);
    }

    public SshPublicKey publicKey() {
        return publicKey;
    }

    /** The file that {@code ssh-keygen -Y sign -n namespace} would write. */
    public Bytes sign(String namespace, Bytes message) {
        Bytes signature = new SshWriter()
                .putName(KeyKind.ED25519.signatureName())
                .putString(ALGORITHM.sign(key, SshSignature.signedBytes(namespace, message)))
                .toBytes();
        return Bytes.utf8(SshSignature.armour(SshSignature.blob(publicKey.blob(), namespace, signature)));
    }

    @Override
    public String toString() {
        return "SshSigningKey(" + publicKey + ")";
    }
}
