package dev.cairn.ssh;

import dev.cairn.protocol.model.Bytes;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.Optional;

/**
 * A detached signature as {@code ssh-keygen -Y sign} writes it (OpenSSH's PROTOCOL.sshsig), read but not yet verified.
 * Its bytes identify nothing: anybody who holds the key can make others for the same text.
 */
public final class SshSignature {
    /** What is read at most; an RSA key of 8192 bits and its signature take a third of it. */
    public static final int MAX_ARMOURED_BYTES = 8192;

    private static final String WHAT = "the signature";
    private static final String BEGIN = "-----BEGIN SSH SIGNATURE-----\n";
    private static final String END = "-----END SSH SIGNATURE-----\n";
    private static final int LINE_CHARACTERS = 70;

    private static final Bytes MAGIC = Bytes.utf8("SSHSIG");
    private static final int VERSION = 1;
    private static final String HASH = "sha512";

    private final Bytes keyBlob;
    private final String namespace;
    private final Bytes signature;

    private SshSignature(Bytes keyBlob, String namespace, Bytes signature) {
        this.keyBlob = keyBlob;
        this.namespace = namespace;
        this.signature = signature;
    }

    /** Reads the file that ssh-keygen wrote; every other spelling of it is refused. */
    public static SshSignature parse(Bytes armoured) throws SshException {
        return parseBlob(dearmour(armoured));
    }

    private static Bytes dearmour(Bytes armoured) throws SshException {
        if (armoured.size() > MAX_ARMOURED_BYTES) {
            throw malformedArmour("has more than " + MAX_ARMOURED_BYTES + " bytes");
        }
        String text = new String(armoured.shared(), StandardCharsets.US_ASCII);
        if (!text.startsWith(BEGIN) || !text.endsWith(END) || text.length() < BEGIN.length() + END.length()) {
            throw malformedArmour("is not enclosed in the lines BEGIN and END SSH SIGNATURE");
        }
        String body = text.substring(BEGIN.length(), text.length() - END.length());
        try {
            Bytes blob = Bytes.wrap(Base64.getDecoder().decode(body.replace("\n", "")));
            if (Bytes.utf8(armour(blob)).equals(armoured)) {
                return blob;
            }
        } catch (IllegalArgumentException e) {
            throw malformedArmour("is not Base64");
        }
        throw malformedArmour("is not Base64 in lines of " + LINE_CHARACTERS + " characters");
    }

    private static SshException malformedArmour(String how) {
        return new SshException(
                SshRefusal.MALFORMED_ARMOUR,
                "the signature " + how + "; send the .sig file as ssh-keygen -Y sign wrote it");
    }

    /** The lines that ssh-keygen writes around {@code blob}. */
    static String armour(Bytes blob) {
        String base64 = Base64.getEncoder().encodeToString(blob.shared());
        StringBuilder lines = new StringBuilder(BEGIN);
        for (int at = 0; at < base64.length(); at += LINE_CHARACTERS) {
            lines.append(base64, at, Math.min(base64.length(), at + LINE_CHARACTERS))
                    .append('\n');
        }
        return lines.append(END).toString();
    }

    /** What the lines enclose. */
    static Bytes blob(Bytes keyBlob, String namespace, Bytes signature) {
        return new SshWriter()
                .putRaw(MAGIC.shared())
                .putInt(VERSION)
                .putString(keyBlob)
                .putName(namespace)
                .putName("")
                .putName(HASH)
                .putString(signature)
                .toBytes();
    }

    static SshSignature parseBlob(Bytes blob) throws SshException {
        SshReader in = new SshReader(WHAT, blob);
        if (!in.nextRaw(MAGIC.size()).equals(MAGIC)) {
            throw in.malformed("is no SSHSIG");
        }
        int version = in.nextInt();
        if (version != VERSION) {
            throw new SshException(
                    SshRefusal.UNKNOWN_VERSION,
                    "the signature is of version " + Integer.toUnsignedString(version) + ", not " + VERSION
                            + "; sign with an OpenSSH that writes SSHSIG version 1");
        }
        Bytes keyBlob = in.nextString();
        String namespace = in.nextName();
        if (!in.nextString().isEmpty()) {
            throw in.malformed("has content in its reserved field");
        }
        String hash = in.nextName();
        if (!hash.equals(HASH)) {
            throw new SshException(
                    SshRefusal.WRONG_HASH,
                    "the text was hashed with " + hash + "; sign without -O hashalg, for " + HASH);
        }
        Bytes signature = in.nextString();
        in.requireEnd();
        return new SshSignature(keyBlob, namespace, signature);
    }

    /** The signer's key as it stands in the signature, not checked: for looking up whose it is. */
    public Bytes keyBlob() {
        return keyBlob;
    }

    /** What the signer said the signature is for. */
    public String namespace() {
        return namespace;
    }

    /**
     * Verifies that {@code key} signed {@code message} for {@code expectedNamespace}.
     *
     * @param key the key that {@link #keyBlob} names; it comes from a registry or from {@link SshPublicKey#parse}
     */
    public VerifiedSignature verify(SshPublicKey key, String expectedNamespace, Bytes message) throws SshException {
        return verify(key, expectedNamespace, SignedMessage.of(message));
    }

    /** The same of a message that is hashed already. */
    public VerifiedSignature verify(SshPublicKey key, String expectedNamespace, SignedMessage message)
            throws SshException {
        if (!namespace.equals(expectedNamespace)) {
            throw new SshException(
                    SshRefusal.WRONG_NAMESPACE,
                    "the signature was made for \"" + namespace + "\"; sign with ssh-keygen -Y sign -n "
                            + expectedNamespace);
        }
        if (!key.blob().equals(keyBlob)) {
            throw new SshException(
                    SshRefusal.OTHER_KEY, "the signature names another key than " + key + "; sign with that one");
        }
        SshReader in = new SshReader(WHAT, signature);
        requireAlgorithm(key.kind(), in.nextName());
        Optional<Touch> touch = key.verify(in, signedBytes(namespace, message.text()));
        return new VerifiedSignature(key, namespace, message.digest(), touch);
    }

    private static void requireAlgorithm(KeyKind kind, String algorithm) throws SshException {
        if (algorithm.equals(kind.signatureName())) {
            return;
        }
        if (kind == KeyKind.RSA) {
            throw new SshException(
                    SshRefusal.RSA_WITHOUT_SHA512,
                    "the RSA signature is " + algorithm
                            + " (ssh-rsa is SHA-1); sign with OpenSSH 8.2 or later, which uses "
                            + kind.signatureName());
        }
        throw new SshException(
                SshRefusal.OTHER_KEY,
                "a signature of " + algorithm + " cannot be one of a key of kind " + kind.keyName()
                        + "; send the .sig file as ssh-keygen -Y sign wrote it");
    }

    /** What the key really signs. */
    static byte[] signedBytes(String namespace, Bytes message) {
        return new SshWriter()
                .putRaw(MAGIC.shared())
                .putName(namespace)
                .putName("")
                .putName(HASH)
                .putString(sha512(message))
                .toBytes()
                .shared();
    }

    private static Bytes sha512(Bytes message) {
        try {
            return Bytes.wrap(MessageDigest.getInstance("SHA-512").digest(message.shared()));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every Java platform has SHA-512", e);
        }
    }
}
