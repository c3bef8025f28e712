package dev.cairn.codec;

import dev.cairn.protocol.model.Bytes;
import org.bouncycastle.math.ec.rfc8032.Ed25519.PublicPoint;

/** Bouncy Castle's lightweight API: pure Java, the reference. */
final class BouncyCastleEd25519 extends Ed25519 {
    static final BouncyCastleEd25519 INSTANCE = new BouncyCastleEd25519();

    private record Key(Bytes encoded, PublicPoint point) implements VerifyingKey {}

    private record Secret(Bytes seed, Bytes publicKey) implements SigningKey {
        @Override
        public String toString() {
            return "Secret(of " + publicKey + ")";
        }
    }

    private BouncyCastleEd25519() {}

    @Override
    public String library() {
        return "Bouncy Castle";
    }

    @Override
    public SigningKey signingKey(Bytes seed) {
        return new Secret(seed, publicKey(seed));
    }

    static Bytes publicKey(Bytes seed) {
        if (seed.size() != SEED_BYTES) {
            throw new IllegalArgumentException("an Ed25519 seed has 32 bytes, not " + seed.size());
        }
        byte[] key = new byte[KEY_BYTES];
        org.bouncycastle.math.ec.rfc8032.Ed25519.generatePublicKey(seed.shared(), 0, key, 0);
        return Bytes.wrap(key);
    }

    @Override
    VerifyingKey admit(Bytes encoded) {
        PublicPoint point = org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFullExport(encoded.shared(), 0);
        if (point == null) {
            throw new IllegalArgumentException("not a valid key");
        }
        return new Key(encoded, point);
    }

    /**
     * Bouncy Castle multiplies the equation by a number of its own before it checks it, which hides a part of small
     * order in R whenever that number is even. Whether R is in the prime-order subgroup settles it: with A in it, only
     * such an R can satisfy the exact equation.
     */
    @Override
    boolean satisfies(VerifyingKey key, byte[] message, Bytes signature) {
        byte[] bytes = signature.shared();
        return key instanceof Key own
                && org.bouncycastle.math.ec.rfc8032.Ed25519.verify(bytes, 0, own.point, message, 0, message.length)
                && org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(bytes, 0);
    }

    @Override
    public Bytes sign(SigningKey key, byte[] message) {
        if (!(key instanceof Secret own)) {
            throw new IllegalArgumentException("a key of another implementation");
        }
        byte[] signature = new byte[SIGNATURE_BYTES];
        org.bouncycastle.math.ec.rfc8032.Ed25519.sign(
                own.seed.shared(), 0, own.publicKey.shared(), 0, message, 0, message.length, signature, 0);
        return Bytes.wrap(signature);
    }
}
