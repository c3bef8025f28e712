package dev.cairn.ssh;

import dev.cairn.protocol.model.Bytes;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.RSAPublicKeySpec;
import java.util.Optional;

/** An RSA key, with SHA-512 and PKCS #1 v1.5 padding: for people who have no other key yet. */
final class RsaKey extends SshPublicKey {
    static final int MIN_MODULUS_BITS = 3072;

    /** Bounds what one verification costs. */
    static final int MAX_MODULUS_BITS = 8192;

    /** What every ssh-keygen of the last decade uses. */
    private static final BigInteger EXPONENT = BigInteger.valueOf(65537);

    /** Named, because replicas must agree on what is valid and libraries may not. */
    private static final String PROVIDER = "SunRsaSign";

    private static final String ALGORITHM = "SHA512withRSA";

    private final PublicKey key;
    private final int modulusBytes;

    private RsaKey(Bytes blob, PublicKey key, int modulusBytes) {
        super(KeyKind.RSA, blob);
        this.key = key;
        this.modulusBytes = modulusBytes;
    }

    static RsaKey read(Bytes blob, SshReader in) throws SshException {
        BigInteger exponent = in.nextNumber();
        BigInteger modulus = in.nextNumber();
        int bits = modulus.bitLength();
        if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS || !modulus.testBit(0) || !exponent.equals(EXPONENT)) {
            throw new SshException(
                    SshRefusal.WEAK_RSA_KEY,
                    "an RSA key has " + MIN_MODULUS_BITS + " to " + MAX_MODULUS_BITS
                            + " bits and the exponent 65537, not "
                            + bits + " bits and " + shortly(exponent)
                            + "; make a key with ssh-keygen -t ed25519 or ed25519-sk");
        }
        try {
            PublicKey key =
                    KeyFactory.getInstance("RSA", PROVIDER).generatePublic(new RSAPublicKeySpec(modulus, exponent));
            return new RsaKey(blob, key, (bits + 7) / 8);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("an odd modulus within bounds is a key", e);
        }
    }

    private static String shortly(BigInteger exponent) {
        return exponent.bitLength() < 64 ? exponent.toString() : "an exponent of " + exponent.bitLength() + " bits";
    }

    @Override
    Optional<Touch> verify(SshReader signature, byte[] message) throws SshException {
        Bytes raw = signature.nextString();
        signature.requireEnd();
        if (raw.size() != modulusBytes) {
            throw notSigned();
        }
        try {
            Signature verifier = Signature.getInstance(ALGORITHM, PROVIDER);
            verifier.initVerify(key);
            verifier.update(message);
            if (!verifier.verify(raw.shared())) {
                throw notSigned();
            }
        } catch (SignatureException e) {
            throw notSigned(); // how the provider answers some signatures that are not valid
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every Java platform verifies RSA", e);
        }
        return Optional.empty();
    }
}
