package dev.cairn.ssh;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** Signatures that are accepted and such that are not, for the published vectors. */
public final class SignatureVectors {
    /** {@code key} and {@code signature} as they are given to the verifier; {@code reason} why not, or nothing. */
    public record Vector(String name, Bytes key, String namespace, Bytes text, Bytes signature, String reason) {}

    private static final String ACCEPTED = "";

    private SignatureVectors() {}

    public static List<Vector> make(String namespace, Bytes text) {
        List<Vector> all = new ArrayList<>();
        for (KeyKind kind : KeyKind.values()) {
            TestKey key = TestKey.of(kind, 1);
            all.add(vector(kind.keyName(), key, namespace, text, key.sign(namespace, text), ACCEPTED));
            all.add(vector(
                    kind.keyName() + ", another text",
                    key,
                    namespace,
                    text,
                    key.sign(namespace, Bytes.utf8("other\n")),
                    "NOT_SIGNED"));
        }
        TestKey key = TestKey.of(KeyKind.ED25519, 1);
        TestKey.Parts parts = key.plain(namespace, text);
        all.add(vector("made for git", key, namespace, text, key.sign("git", text), "WRONG_NAMESPACE"));
        all.add(vector("made for a file", key, namespace, text, key.sign("file", text), "WRONG_NAMESPACE"));
        all.add(vector("SHA-256", key, namespace, text, armoured(parts.withHash("sha256")), "WRONG_HASH"));
        all.add(vector("version 2", key, namespace, text, armoured(parts.withVersion(2)), "UNKNOWN_VERSION"));
        all.add(vector("reserved field used", key, namespace, text, armoured(parts.withReserved("x")), "MALFORMED"));
        Bytes longer =
                new SshWriter().putRaw(parts.toBlob().shared()).putByte(0).toBytes();
        all.add(vector(
                "a byte behind the end",
                key,
                namespace,
                text,
                Bytes.utf8(SshSignature.armour(longer)),
                "TRAILING_BYTES"));
        all.add(vector(
                "an empty line behind the end",
                key,
                namespace,
                text,
                Bytes.utf8(key.sign(namespace, text).toUtf8() + "\n"),
                "MALFORMED_ARMOUR"));
        all.add(vector(
                "somebody else's",
                key,
                namespace,
                text,
                TestKey.of(KeyKind.ED25519, 2).sign(namespace, text),
                "OTHER_KEY"));
        for (KeyKind kind : List.of(KeyKind.SK_ED25519, KeyKind.SK_ECDSA_P256)) {
            TestKey device = TestKey.of(kind, 1);
            all.add(vector(
                    kind.keyName() + ", PIN",
                    device,
                    namespace,
                    text,
                    device.withFlags(TestKey.VERIFIED).sign(namespace, text),
                    ACCEPTED));
            all.add(vector(
                    kind.keyName() + ", not touched",
                    device,
                    namespace,
                    text,
                    device.withFlags(0).sign(namespace, text),
                    "NO_PRESENCE"));
        }
        TestKey rsa = TestKey.of(KeyKind.RSA, 1);
        for (String algorithm : List.of("ssh-rsa", "rsa-sha2-256")) {
            Bytes other = new SshWriter()
                    .putName(algorithm)
                    .putString(Bytes.wrap(new byte[384]))
                    .toBytes();
            all.add(vector(
                    "RSA with " + algorithm,
                    rsa,
                    namespace,
                    text,
                    armoured(rsa.plain(namespace, text).withSignature(other)),
                    "RSA_WITHOUT_SHA512"));
        }
        all.add(vector(
                "RSA of 2048 bits",
                TestKey.rsa(1, 2048),
                namespace,
                text,
                TestKey.rsa(1, 2048).sign(namespace, text),
                "WEAK_RSA_KEY"));
        all.add(forgedWithTheIdentity(namespace, text));
        return all;
    }

    /** R is the identity and S is 0, under the key that is the identity: some libraries accept it for any text. */
    private static Vector forgedWithTheIdentity(String namespace, Bytes text) {
        byte[] identity = HexFormat.of().parseHex("01" + "00".repeat(31));
        Bytes key = new SshWriter()
                .putName("ssh-ed25519")
                .putString(Bytes.wrap(identity))
                .toBytes();
        Bytes signature = new SshWriter()
                .putName("ssh-ed25519")
                .putString(new SshWriter().putRaw(identity).putRaw(new byte[32]).toBytes())
                .toBytes();
        TestKey.Parts parts = TestKey.of(KeyKind.ED25519, 1).plain(namespace, text);
        return new Vector(
                "the identity as key",
                key,
                namespace,
                text,
                armoured(parts.withKey(key).withSignature(signature)),
                "INVALID_POINT");
    }

    private static Vector vector(
            String name, TestKey key, String namespace, Bytes text, Bytes signature, String reason) {
        return new Vector(name, key.blob(), namespace, text, signature, reason);
    }

    private static Bytes armoured(TestKey.Parts parts) {
        return Bytes.utf8(SshSignature.armour(parts.toBlob()));
    }
}
