package dev.cairn.codec;

import com.amazon.corretto.crypto.provider.AmazonCorrettoCryptoProvider;
import dev.cairn.protocol.model.Bytes;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.SignatureException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** Amazon Corretto Crypto Provider: AWS-LC's native code, three to six times as fast as the reference. */
final class CorrettoEd25519 extends Ed25519 {
    private static final String ALGORITHM = "Ed25519";

    /** Its Ed25519 takes no message above a MiB; a request may be larger, and the reference takes it. */
    private static final int MAX_MESSAGE_BYTES = 1 << 20;

    /** DER around a raw public key (RFC 8410). */
    private static final byte[] PUBLIC_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

    /** DER around a raw seed (RFC 8410). */
    private static final byte[] PRIVATE_PREFIX = HexFormat.of().parseHex("302e020100300506032b657004220420");

    private static final Optional<Ed25519> LOADED = tryLoad();

    private final KeyFactory keys;
    private final ThreadLocal<Signature> engine;

    /** {@code reference} is the same key for messages that are too large. */
    private record Key(Bytes encoded, PublicKey key, VerifyingKey reference) implements VerifyingKey {}

    private record Secret(PrivateKey key, SigningKey reference) implements SigningKey {
        @Override
        public Bytes publicKey() {
            return reference.publicKey();
        }

        @Override
        public String toString() {
            return "Secret(of " + publicKey() + ")";
        }
    }

    private CorrettoEd25519(Provider provider) throws GeneralSecurityException {
        this.keys = KeyFactory.getInstance(ALGORITHM, provider);
        this.engine = ThreadLocal.withInitial(() -> newEngine(provider));
    }

    static Optional<Ed25519> load() {
        return LOADED;
    }

    /** Not there, for another platform, or without Ed25519: each is a reason to use the reference, none is an error. */
    private static Optional<Ed25519> tryLoad() {
        try {
            // The provider registers the key factory only if this is set before its class is loaded.
            System.setProperty("com.amazon.corretto.crypto.provider.registerEdKeyFactory", "true");
            AmazonCorrettoCryptoProvider provider = AmazonCorrettoCryptoProvider.INSTANCE;
            if (provider.getLoadingError() != null) {
                return Optional.empty();
            }
            CorrettoEd25519 candidate = new CorrettoEd25519(provider);
            return candidate.agreesWithReference() ? Optional.of(candidate) : Optional.empty();
        } catch (GeneralSecurityException | RuntimeException | LinkageError e) {
            return Optional.empty();
        }
    }

    private boolean agreesWithReference() {
        Bytes seed = Bytes.wrap(new byte[SEED_BYTES]);
        byte[] message = {1, 2, 3};
        Bytes signature = sign(signingKey(seed), message);
        Ed25519 reference = Ed25519.reference();
        return signature.equals(reference.sign(reference.signingKey(seed), message))
                && verify(admit(BouncyCastleEd25519.publicKey(seed)), message, signature);
    }

    private static Signature newEngine(Provider provider) {
        try {
            return Signature.getInstance(ALGORITHM, provider);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the provider that had Ed25519 has it no more", e);
        }
    }

    @Override
    public String library() {
        return "Amazon Corretto Crypto Provider";
    }

    @Override
    public SigningKey signingKey(Bytes seed) {
        byte[] encoded = concat(PRIVATE_PREFIX, seed);
        try {
            return new Secret(
                    keys.generatePrivate(new PKCS8EncodedKeySpec(encoded)),
                    Ed25519.reference().signingKey(seed));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("any 32 bytes are an Ed25519 seed", e);
        } finally {
            Arrays.fill(encoded, (byte) 0);
        }
    }

    @Override
    VerifyingKey admit(Bytes encoded) {
        try {
            return new Key(
                    encoded,
                    keys.generatePublic(new X509EncodedKeySpec(concat(PUBLIC_PREFIX, encoded))),
                    Ed25519.reference().admit(encoded));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("a key valid under the rule is refused", e);
        }
    }

    @Override
    boolean satisfies(VerifyingKey key, byte[] message, Bytes signature) {
        if (!(key instanceof Key own)) {
            return false;
        }
        if (message.length > MAX_MESSAGE_BYTES) {
            return Ed25519.reference().satisfies(own.reference, message, signature);
        }
        try {
            Signature verifier = engine.get();
            verifier.initVerify(own.key);
            verifier.update(message);
            return verifier.verify(signature.shared());
        } catch (SignatureException e) {
            return false; // how the provider answers some malformed signatures
        } catch (InvalidKeyException e) {
            throw new IllegalStateException("a key that was admitted is refused", e);
        }
    }

    @Override
    public Bytes sign(SigningKey key, byte[] message) {
        if (!(key instanceof Secret own)) {
            throw new IllegalArgumentException("a key of another implementation");
        }
        if (message.length > MAX_MESSAGE_BYTES) {
            return Ed25519.reference().sign(own.reference, message);
        }
        try {
            Signature signer = engine.get();
            signer.initSign(own.key);
            signer.update(message);
            return Bytes.wrap(signer.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("Ed25519 signing cannot fail", e);
        }
    }

    private static byte[] concat(byte[] prefix, Bytes rest) {
        byte[] all = Arrays.copyOf(prefix, prefix.length + rest.size());
        System.arraycopy(rest.shared(), 0, all, prefix.length, rest.size());
        return all;
    }
}
