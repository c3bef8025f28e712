package dev.cairn.ssh;

import dev.cairn.protocol.model.Bytes;
import java.math.BigInteger;
import java.security.spec.ECFieldFp;
import java.security.spec.ECParameterSpec;
import java.security.spec.ECPoint;
import java.util.Arrays;
import java.util.Optional;

/** An ECDSA key on NIST P-256, with SHA-256. */
final class EcdsaP256Key extends SshPublicKey {
    private static final String CURVE = "nistp256";

    private static final int COORDINATE_BYTES = 32;
    private static final int UNCOMPRESSED = 0x04;
    private static final ECParameterSpec P256 = EcdsaLibrary.P256;
    private static final EcdsaLibrary LIBRARY = EcdsaLibrary.fastest();
    private static final BigInteger PRIME = ((ECFieldFp) P256.getCurve().getField()).getP();

    private final EcdsaLibrary.Key key;

    private EcdsaP256Key(Bytes blob, EcdsaLibrary.Key key) {
        super(KeyKind.ECDSA_P256, blob);
        this.key = key;
    }

    static EcdsaP256Key read(Bytes blob, SshReader in) throws SshException {
        String curve = in.nextName();
        if (!curve.equals(CURVE)) {
            throw in.malformed("is on the curve " + curve + ", not " + CURVE);
        }
        return new EcdsaP256Key(blob, LIBRARY.key(point(in.nextString())));
    }

    private static ECPoint point(Bytes encoded) throws SshException {
        if (encoded.size() == 1 + 2 * COORDINATE_BYTES && encoded.at(0) == UNCOMPRESSED) {
            byte[] bytes = encoded.shared();
            BigInteger x = new BigInteger(1, bytes, 1, COORDINATE_BYTES);
            BigInteger y = new BigInteger(1, bytes, 1 + COORDINATE_BYTES, COORDINATE_BYTES);
            if (isOnCurve(x, y)) {
                return new ECPoint(x, y);
            }
        }
        throw new SshException(
                SshRefusal.INVALID_POINT,
                "the ECDSA key is no uncompressed point of P-256; no ssh-keygen makes such a key: make a new one");
    }

    /** Every point of P-256 other than infinity is of prime order, so this is all there is to check. */
    private static boolean isOnCurve(BigInteger x, BigInteger y) {
        BigInteger right = x.multiply(x)
                .add(P256.getCurve().getA())
                .multiply(x)
                .add(P256.getCurve().getB())
                .mod(PRIME);
        return x.compareTo(PRIME) < 0
                && y.compareTo(PRIME) < 0
                && y.multiply(y).mod(PRIME).equals(right);
    }

    @Override
    Optional<Touch> verify(SshReader signature, byte[] message) throws SshException {
        Bytes raw = signature.nextString();
        signature.requireEnd();
        require(raw, message);
        return Optional.empty();
    }

    /** {@code raw} holds r and s; either has one spelling and is from 1 to the group's order. */
    void require(Bytes raw, byte[] message) throws SshException {
        SshReader in = new SshReader("the ECDSA signature", raw);
        byte[] r = scalar(in);
        byte[] s = scalar(in);
        in.requireEnd();
        byte[] both = Arrays.copyOf(r, 2 * COORDINATE_BYTES);
        System.arraycopy(s, 0, both, COORDINATE_BYTES, COORDINATE_BYTES);
        if (!LIBRARY.holds(key, message, both)) {
            throw notSigned();
        }
    }

    private static byte[] scalar(SshReader in) throws SshException {
        BigInteger value = in.nextNumber();
        if (value.signum() == 0 || value.compareTo(P256.getOrder()) >= 0) {
            throw notSigned();
        }
        byte[] bytes = value.toByteArray();
        byte[] fixed = new byte[COORDINATE_BYTES];
        int from = Math.max(0, bytes.length - COORDINATE_BYTES);
        System.arraycopy(bytes, from, fixed, COORDINATE_BYTES - (bytes.length - from), bytes.length - from);
        return fixed;
    }
}
