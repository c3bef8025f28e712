package dev.cairn.ssh;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.cairn.codec.Ed25519;
import java.math.BigInteger;
import java.security.AlgorithmParameters;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Security;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.security.spec.ECPublicKeySpec;
import java.util.HexFormat;
import java.util.Optional;

/**
 * Computes whether an ECDSA signature on P-256 with SHA-256 holds. Replicas with different libraries must agree on that, so each
 * is asked only what has one answer: {@link EcdsaP256Key} has checked before that the point is on the curve, and that r and s are
 * from 1 to below the group's order. Where another library fails instead of answering, Java's answers. Instances are safe for use
 * by many threads.
 */
final class EcdsaLibrary {
    private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

    static final ECParameterSpec P256 = parameters();

    /** Java's own, which is everywhere. */
    static final EcdsaLibrary JAVA = java();

    private static final EcdsaLibrary FASTEST = fast().orElse(JAVA);

    private final KeyFactory keys;
    private final ThreadLocal<Signature> engine;

    /** Asked where this one fails; Java's own has no other. */
    private final Optional<EcdsaLibrary> other;

    /** A point of P-256, and what a library has made of it. */
    record Key(ECPoint point, PublicKey made) {}

    private EcdsaLibrary(Provider provider, Optional<EcdsaLibrary> other) throws GeneralSecurityException {
        this.other = other;
        this.keys = KeyFactory.getInstance("EC", provider);
        Signature.getInstance(ALGORITHM, provider);
        this.engine = ThreadLocal.withInitial(() -> newEngine(provider));
    }

    /** The fastest one that works on this machine. */
    static EcdsaLibrary fastest() {
        return FASTEST;
    }

    private static EcdsaLibrary java() {
        try {
            EcdsaLibrary java = new EcdsaLibrary(Security.getProvider("SunEC"), Optional.empty());
            if (!java.verifiesKnownSignature()) {
                throw new SignatureException("it denies a known signature");
            }
            return java;
        } catch (GeneralSecurityException e) {
            throw noP256(e);
        }
    }

    /** One that says what Java's says wherever the provider fails. */
    static EcdsaLibrary of(Provider provider) throws GeneralSecurityException {
        return new EcdsaLibrary(provider, Optional.of(JAVA));
    }

    /** Amazon Corretto Crypto Provider, where its library loads: AWS-LC's native code. */
    static Optional<EcdsaLibrary> fast() {
        if (Ed25519.fast().isEmpty()) { // first: it sets what the provider reads while its class is loaded
            return Optional.empty();
        }
        try {
            EcdsaLibrary candidate = of(AmazonCorrettoCryptoProvider.INSTANCE);
            return candidate.verifiesKnownSignature() ? Optional.of(candidate) : Optional.empty();
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            return Optional.empty(); // each is a reason to use Java's own, none is an error
        }
    }

    /** RFC 6979, appendix A.2.5; answered by this library alone. */
    private boolean verifiesKnownSignature() throws GeneralSecurityException {
        ECPoint point = new ECPoint(
                new BigInteger("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6", 16),
                new BigInteger("7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299", 16));
        byte[] message = {'s', 'a', 'm', 'p', 'l', 'e'};
        byte[] signature = HexFormat.of()
                .parseHex("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
                        + "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8");
        PublicKey key = make(point);
        return verify(key, message, signature) && !verify(key, new byte[0], signature);
    }

    /** A key for {@link #holds} of the same library. The point is on the curve. */
    Key key(ECPoint point) {
        try {
            return new Key(point, make(point));
        } catch (GeneralSecurityException | RuntimeException e) {
            return other.orElseThrow(() -> new IllegalStateException("a point of P-256 is a key", e))
                    .key(point);
        }
    }

    /**
     * {@code signature} is r and s of 32 bytes each, both from 1 to below the group's order. A failure is no verdict: only some
     * replicas have the library that fails.
     */
    boolean holds(Key key, byte[] message, byte[] signature) {
        try {
            return verify(key.made(), message, signature);
        } catch (GeneralSecurityException | RuntimeException e) {
            engine.remove(); // who knows what it is left with
            return other.map(java -> java.holds(java.key(key.point()), message, signature))
                    .orElse(false);
        }
    }

    private PublicKey make(ECPoint point) throws GeneralSecurityException {
        return keys.generatePublic(new ECPublicKeySpec(point, P256));
    }

    private boolean verify(PublicKey key, byte[] message, byte[] signature) throws GeneralSecurityException {
        Signature verifier = engine.get();
        verifier.initVerify(key);
        verifier.update(message);
        return verifier.verify(signature);
    }

    private static Signature newEngine(Provider provider) {
        try {
            return Signature.getInstance(ALGORITHM, provider);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the provider that had ECDSA has it no more", e);
        }
    }

    private static ECParameterSpec parameters() {
        try {
            AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC", "SunEC");
            parameters.init(new ECGenParameterSpec("secp256r1"));
            return parameters.getParameterSpec(ECParameterSpec.class);
        } catch (GeneralSecurityException e) {
            throw noP256(e);
        }
    }

    private static IllegalStateException noP256(GeneralSecurityException e) {
        return new IllegalStateException("every Java platform of ours verifies ECDSA on P-256", e);
    }
}
