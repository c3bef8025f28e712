package dev.cairn.codec;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** edwards25519 written down as in RFC 8032, slow and plain: the judge over the libraries. */
final class Curve {
    static final BigInteger P = BigInteger.TWO.pow(255).subtract(BigInteger.valueOf(19));
    static final BigInteger L = BigInteger.TWO.pow(252).add(new BigInteger("27742317777372353535851937790883648493"));
    private static final BigInteger D = BigInteger.valueOf(-121665)
            .multiply(BigInteger.valueOf(121666).modInverse(P))
            .mod(P);
    private static final BigInteger ROOT_OF_MINUS_1 =
            BigInteger.TWO.modPow(P.subtract(BigInteger.ONE).shiftRight(2), P);

    static final Point IDENTITY = new Point(BigInteger.ZERO, BigInteger.ONE);
    static final Point BASE = decode(
                    BigInteger.valueOf(4)
                            .multiply(BigInteger.valueOf(5).modInverse(P))
                            .mod(P),
                    false)
            .orElseThrow();

    private Curve() {}

    record Point(BigInteger x, BigInteger y) {
        Point plus(Point o) {
            BigInteger dxxyy =
                    D.multiply(x).multiply(o.x).multiply(y).multiply(o.y).mod(P);
            BigInteger nx = x.multiply(o.y).add(y.multiply(o.x));
            BigInteger ny = y.multiply(o.y).add(x.multiply(o.x));
            return new Point(
                    nx.multiply(BigInteger.ONE.add(dxxyy).modInverse(P)).mod(P),
                    ny.multiply(BigInteger.ONE.subtract(dxxyy).modInverse(P)).mod(P));
        }

        Point times(BigInteger n) {
            Extended self = new Extended(x, y, BigInteger.ONE, x.multiply(y).mod(P));
            Extended sum = new Extended(BigInteger.ZERO, BigInteger.ONE, BigInteger.ONE, BigInteger.ZERO);
            for (int i = n.bitLength() - 1; i >= 0; i--) {
                sum = sum.plus(sum);
                sum = n.testBit(i) ? sum.plus(self) : sum;
            }
            BigInteger inverse = sum.z.modInverse(P);
            return new Point(
                    sum.x.multiply(inverse).mod(P), sum.y.multiply(inverse).mod(P));
        }

        byte[] encode() {
            byte[] bytes = littleEndian(y);
            bytes[31] |= (byte) (x.testBit(0) ? 0x80 : 0);
            return bytes;
        }
    }

    /** RFC 8032, section 5.1.4: coordinates without divisions. */
    private record Extended(BigInteger x, BigInteger y, BigInteger z, BigInteger t) {
        Extended plus(Extended o) {
            BigInteger a = y.subtract(x).multiply(o.y.subtract(o.x));
            BigInteger b = y.add(x).multiply(o.y.add(o.x));
            BigInteger c = t.multiply(o.t).mod(P).multiply(D).shiftLeft(1);
            BigInteger d = z.multiply(o.z).shiftLeft(1);
            BigInteger e = b.subtract(a).mod(P);
            BigInteger f = d.subtract(c).mod(P);
            BigInteger g = d.add(c).mod(P);
            BigInteger h = b.add(a).mod(P);
            return new Extended(
                    e.multiply(f).mod(P),
                    g.multiply(h).mod(P),
                    f.multiply(g).mod(P),
                    e.multiply(h).mod(P));
        }
    }

    /** The points of the subgroup of order 8. */
    static List<Point> smallOrder() {
        Point generator = Stream.iterate(BigInteger.TWO, y -> y.add(BigInteger.ONE))
                .flatMap(y -> decode(y, false).stream())
                .map(p -> p.times(L))
                .filter(p -> !p.times(BigInteger.valueOf(4)).equals(IDENTITY))
                .findFirst()
                .orElseThrow();
        return Stream.iterate(IDENTITY, p -> p.plus(generator)).limit(8).toList();
    }

    /** The point of a canonical encoding. */
    static Optional<Point> decode(byte[] bytes) {
        byte[] copy = bytes.clone();
        boolean odd = (copy[31] & 0x80) != 0;
        copy[31] &= 0x7f;
        BigInteger y = number(copy);
        return y.compareTo(P) >= 0 ? Optional.empty() : decode(y, odd);
    }

    private static Optional<Point> decode(BigInteger y, boolean odd) {
        BigInteger yy = y.multiply(y).mod(P);
        BigInteger square = yy.subtract(BigInteger.ONE)
                .multiply(D.multiply(yy).add(BigInteger.ONE).modInverse(P))
                .mod(P);
        BigInteger x = square.modPow(P.add(BigInteger.valueOf(3)).shiftRight(3), P);
        if (!x.multiply(x).mod(P).equals(square)) {
            x = x.multiply(ROOT_OF_MINUS_1).mod(P);
        }
        if (!x.multiply(x).mod(P).equals(square) || (x.signum() == 0 && odd)) {
            return Optional.empty();
        }
        return Optional.of(new Point(x.testBit(0) == odd ? x : P.subtract(x), y));
    }

    static BigInteger challenge(byte[] r, byte[] a, byte[] message) {
        try {
            MessageDigest sha = MessageDigest.getInstance("SHA-512");
            sha.update(r);
            sha.update(a);
            return number(sha.digest(message)).mod(L);
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    /** The validity rule of {@link Ed25519}, word for word. */
    static boolean isValid(byte[] key, byte[] message, byte[] signature) {
        byte[] r = Arrays.copyOf(signature, 32);
        BigInteger s = number(Arrays.copyOfRange(signature, 32, 64));
        Optional<Point> a = decode(key);
        Optional<Point> point = decode(r);
        if (a.isEmpty() || point.isEmpty() || s.compareTo(L) >= 0) {
            return false;
        }
        boolean keyIsGood = !a.get().equals(IDENTITY) && a.get().times(L).equals(IDENTITY);
        boolean smallR = point.get().times(BigInteger.valueOf(8)).equals(IDENTITY);
        BigInteger k = challenge(r, key, message);
        return keyIsGood
                && !smallR
                && BASE.times(s).equals(point.get().plus(a.get().times(k)));
    }

    static BigInteger number(byte[] littleEndian) {
        byte[] big = new byte[littleEndian.length];
        for (int i = 0; i < big.length; i++) {
            big[i] = littleEndian[littleEndian.length - 1 - i];
        }
        return new BigInteger(1, big);
    }

    static byte[] littleEndian(BigInteger number) {
        byte[] bytes = new byte[32];
        for (int i = 0; i < 32; i++) {
            bytes[i] = number.shiftRight(8 * i).byteValue();
        }
        return bytes;
    }
}
