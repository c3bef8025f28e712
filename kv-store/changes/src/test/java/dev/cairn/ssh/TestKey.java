package dev.cairn.ssh;

import dev.cairn.codec.Ed25519;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.util.HexFormat;
import org.bouncycastle.asn1.x9.X9ECParameters;
import org.bouncycastle.crypto.CryptoException;
import org.bouncycastle.crypto.digests.SHA256Digest;
import org.bouncycastle.crypto.digests.SHA512Digest;
import org.bouncycastle.crypto.ec.CustomNamedCurves;
import org.bouncycastle.crypto.generators.RSAKeyPairGenerator;
import org.bouncycastle.crypto.params.ECDomainParameters;
import org.bouncycastle.crypto.params.ECPrivateKeyParameters;
import org.bouncycastle.crypto.params.RSAKeyGenerationParameters;
import org.bouncycastle.crypto.params.RSAKeyParameters;
import org.bouncycastle.crypto.signers.ECDSASigner;
import org.bouncycastle.crypto.signers.HMacDSAKCalculator;
import org.bouncycastle.crypto.signers.RSADigestSigner;

/**
 * A key pair that signs as ssh-keygen does, made by other code than what verifies. The hardware kinds are a software
 * authenticator: it produces what a device and OpenSSH's middleware write, with flags and a counter. Everything follows
 * from {@code number}, and equal keys sign equal texts with equal bytes.
 */
public final class TestKey {
    public static final int TOUCHED = 0x01;
    public static final int VERIFIED = 0x05;

    private static final String APPLICATION = "ssh:";

    private final KeyKind kind;
    private final int number;
    private final Bytes publicBlob;
    private final RawSigner signer;
    private final int flags;

    @FunctionalInterface
    private interface RawSigner {
        Bytes sign(byte[] message);
    }

    private TestKey(KeyKind kind, int number, Bytes publicBlob, RawSigner signer, int flags) {
        this.kind = kind;
        this.number = number;
        this.publicBlob = publicBlob;
        this.signer = signer;
        this.flags = flags;
    }

    public static TestKey of(KeyKind kind, int number) {
        return switch (kind) {
            case ED25519, SK_ED25519 -> ed25519(kind, number);
            case ECDSA_P256, SK_ECDSA_P256 -> ecdsa(kind, number);
            case RSA -> rsa(number, 3072);
        };
    }

    /** The same key in a device that sets these flags. */
    public TestKey withFlags(int newFlags) {
        return new TestKey(kind, number, publicBlob, signer, newFlags);
    }

    private static TestKey ed25519(KeyKind kind, int number) {
        Ed25519 algorithm = Ed25519.reference();
        Ed25519.SigningKey key = algorithm.signingKey(seed(number));
        SshWriter blob = new SshWriter().putName(kind.keyName()).putString(key.publicKey());
        return new TestKey(kind, number, end(kind, blob), message -> algorithm.sign(key, message), TOUCHED);
    }

    private static TestKey ecdsa(KeyKind kind, int number) {
        X9ECParameters curve = CustomNamedCurves.getByName("P-256");
        ECDomainParameters domain = new ECDomainParameters(curve);
        BigInteger secret = new BigInteger(1, seed(number).shared()).mod(domain.getN());
        Bytes point = Bytes.wrap(domain.getG().multiply(secret).normalize().getEncoded(false));
        SshWriter blob =
                new SshWriter().putName(kind.keyName()).putName("nistp256").putString(point);
        return new TestKey(
                kind,
                number,
                end(kind, blob),
                message -> {
                    ECDSASigner ecdsa = new ECDSASigner(new HMacDSAKCalculator(new SHA256Digest()));
                    ecdsa.init(true, new ECPrivateKeyParameters(secret, domain));
                    BigInteger[] rs =
                            ecdsa.generateSignature(Hashing.sha256(message).toArray());
                    return new SshWriter().putNumber(rs[0]).putNumber(rs[1]).toBytes();
                },
                TOUCHED);
    }

    static TestKey rsa(int number, int bits) {
        RSAKeyPairGenerator generator = new RSAKeyPairGenerator();
        generator.init(new RSAKeyGenerationParameters(BigInteger.valueOf(65537), new Repeatable(number), bits, 64));
        var pair = generator.generateKeyPair();
        RSAKeyParameters open = (RSAKeyParameters) pair.getPublic();
        Bytes blob = new SshWriter()
                .putName(KeyKind.RSA.keyName())
                .putNumber(open.getExponent())
                .putNumber(open.getModulus())
                .toBytes();
        return new TestKey(
                KeyKind.RSA,
                number,
                blob,
                message -> {
                    RSADigestSigner rsa = new RSADigestSigner(new SHA512Digest());
                    rsa.init(true, pair.getPrivate());
                    rsa.update(message, 0, message.length);
                    try {
                        return Bytes.wrap(rsa.generateSignature());
                    } catch (CryptoException e) {
                        throw new IllegalStateException("a key pair that was just made signs", e);
                    }
                },
                TOUCHED);
    }

    private static Bytes end(KeyKind kind, SshWriter blob) {
        return kind.isHardware() ? blob.putName(APPLICATION).toBytes() : blob.toBytes();
    }

    private static Bytes seed(int number) {
        return Bytes.wrap(
                Hashing.sha256(new ByteWriter(16).putInt(number).toArray()).toArray());
    }

    public KeyKind kind() {
        return kind;
    }

    public Bytes blob() {
        return publicBlob;
    }

    public SshPublicKey publicKey() throws SshException {
        return SshPublicKey.parse(publicBlob);
    }

    /** The file that {@code ssh-keygen -Y sign -n namespace} would write. */
    public Bytes sign(String namespace, Bytes message) {
        return Bytes.utf8(SshSignature.armour(plain(namespace, message).toBlob()));
    }

    /** What {@link #sign} encloses in lines, open for damage. */
    Parts plain(String namespace, Bytes message) {
        byte[] signed = SshSignature.signedBytes(namespace, message);
        return new Parts(Bytes.utf8("SSHSIG"), 1, publicBlob, namespace, "", "sha512", signature(signed));
    }

    private Bytes signature(byte[] signed) {
        SshWriter out = new SshWriter().putName(kind.signatureName());
        if (!kind.isHardware()) {
            return out.putString(signer.sign(signed)).toBytes();
        }
        int counter = 40 + number;
        byte[] forDevice = new SshWriter()
                .putRaw(Hashing.sha256(Bytes.utf8(APPLICATION).shared()).toArray())
                .putByte(flags)
                .putInt(counter)
                .putRaw(Hashing.sha256(signed).toArray())
                .toBytes()
                .shared();
        return out.putString(signer.sign(forDevice))
                .putByte(flags)
                .putInt(counter)
                .toBytes();
    }

    /** The fields of an SSHSIG. */
    record Parts(Bytes magic, int version, Bytes key, String namespace, String reserved, String hash, Bytes signature) {
        Bytes toBlob() {
            return new SshWriter()
                    .putRaw(magic.shared())
                    .putInt(version)
                    .putString(key)
                    .putName(namespace)
                    .putName(reserved)
                    .putName(hash)
                    .putString(signature)
                    .toBytes();
        }

        Parts withVersion(int other) {
            return new Parts(magic, other, key, namespace, reserved, hash, signature);
        }

        Parts withKey(Bytes other) {
            return new Parts(magic, version, other, namespace, reserved, hash, signature);
        }

        Parts withReserved(String other) {
            return new Parts(magic, version, key, namespace, other, hash, signature);
        }

        Parts withHash(String other) {
            return new Parts(magic, version, key, namespace, reserved, other, signature);
        }

        Parts withSignature(Bytes other) {
            return new Parts(magic, version, key, namespace, reserved, hash, other);
        }
    }

    /** Not random at all, so that a key is the same in every run. */
    private static final class Repeatable extends SecureRandom {
        private static final long serialVersionUID = 1;

        private final int number;
        private int blocks;

        Repeatable(int number) {
            this.number = number;
        }

        @Override
        public void nextBytes(byte[] target) {
            for (int at = 0; at < target.length; at += 32) {
                byte[] block = Hashing.sha256(HexFormat.of().parseHex("%08x%08x".formatted(number, blocks++)))
                        .toArray();
                System.arraycopy(block, 0, target, at, Math.min(32, target.length - at));
            }
        }
    }
}
