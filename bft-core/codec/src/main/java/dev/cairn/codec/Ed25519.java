package dev.cairn.codec;

import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/**
 * Ed25519 under one validity rule, whatever library computes it, because replicas that disagree about a signature
 * disagree about the log:
 *
 * <ul>
 *   <li>a public key is a canonical encoding of a point of the prime-order subgroup other than the identity;
 *   <li>R is a canonical encoding of a point that is not of small order, and S is below the group's order;
 *   <li>the equation [S]B = R + [k]A holds exactly (without the cofactor).
 * </ul>
 *
 * <p>Keys outside the prime-order subgroup are refused, beyond what RFC 8032 asks, because libraries differ on them.
 * Instances are safe for use by many threads.
 */
public abstract sealed class Ed25519 permits BouncyCastleEd25519, CorrettoEd25519 {
    public static final int SEED_BYTES = 32;
    public static final int KEY_BYTES = 32;
    public static final int SIGNATURE_BYTES = 64;

    /** A public key that was checked against the rule, ready for verifying. */
    public interface VerifyingKey {
        Bytes encoded();
    }

    /** A secret key. Prints nothing of it. */
    public interface SigningKey {
        Bytes publicKey();
    }

    /** The fastest implementation that works on this machine. */
    public static Ed25519 fastest() {
        return CorrettoEd25519.load().orElseGet(Ed25519::reference);
    }

    /** The portable implementation. */
    public static Ed25519 reference() {
        return BouncyCastleEd25519.INSTANCE;
    }

    /** The implementation with native code, where its library loads. */
    public static Optional<Ed25519> fast() {
        return CorrettoEd25519.load();
    }

    /** The library's name, for logs. */
    public abstract String library();

    /** The key, or nothing if it is no valid one. Costs as much as a few verifications. */
    public final Optional<VerifyingKey> verifyingKey(Bytes encoded) {
        return EdwardsRules.isValidKey(encoded) ? Optional.of(admit(encoded)) : Optional.empty();
    }

    /** {@code seed} is the 32-byte private key of RFC 8032. */
    public abstract SigningKey signingKey(Bytes seed);

    /** Whether {@code signature} is the key's on {@code message}. False, never an exception, for any bytes. */
    public final boolean verify(VerifyingKey key, byte[] message, Bytes signature) {
        return EdwardsRules.mayBeValid(signature) && satisfies(key, message, signature);
    }

    public abstract Bytes sign(SigningKey key, byte[] message);

    /** A key that is valid under the rule. */
    abstract VerifyingKey admit(Bytes encoded);

    /** The exact equation, for a key that {@link #admit} gave and a signature that {@code mayBeValid}. */
    abstract boolean satisfies(VerifyingKey key, byte[] message, Bytes signature);
}
