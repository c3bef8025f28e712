package dev.cairn.codec;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Bytes;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Both libraries and the rule written down in plain arithmetic agree about every signature, however contrived. */
class Ed25519Test {
    private static final List<Ed25519> LIBRARIES = libraries();

    private static List<Ed25519> libraries() {
        List<Ed25519> all = new ArrayList<>(List.of(Ed25519.reference()));
        Ed25519.fast().ifPresent(all::add);
        return all;
    }

    @Property(tries = 30)
    void librariesSignAlikeAndVerifyEachOther(@ForAll long seed) {
        Random random = new Random(seed);
        Bytes secret = bytes(random, 32);
        byte[] message = bytes(random, random.nextInt(400)).toArray();
        Bytes expected = null;
        for (Ed25519 signing : LIBRARIES) {
            Ed25519.SigningKey key = signing.signingKey(secret);
            Bytes signature = signing.sign(key, message);
            assertThat(expected == null || signature.equals(expected)).isTrue();
            expected = signature;
            for (Ed25519 verifying : LIBRARIES) {
                assertThat(verifies(verifying, key.publicKey(), message, signature))
                        .isTrue();
            }
        }
    }

    /** A request may have some MiB, and one library takes no more than one. */
    @Test
    void messagesOfAnySizeAreSignedAndJudgedAlike() {
        Random random = new Random(7);
        Bytes secret = bytes(random, 32);
        for (int size : new int[] {(1 << 20) - 1, 1 << 20, (1 << 20) + 1, 5 << 20}) {
            byte[] message = bytes(random, size).toArray();
            Ed25519.SigningKey key = Ed25519.reference().signingKey(secret);
            Bytes signature = Ed25519.reference().sign(key, message);
            for (Ed25519 library : LIBRARIES) {
                assertThat(library.sign(library.signingKey(secret), message)).isEqualTo(signature);
            }
            assertAllSay(true, key.publicKey(), message, signature);
            message[size / 2] ^= 1;
            assertAllSay(false, key.publicKey(), message, signature);
        }
    }

    @Property(tries = 60)
    void aDamagedSignatureIsJudgedAlike(@ForAll long seed) {
        Random random = new Random(seed);
        Ed25519.SigningKey key = Ed25519.reference().signingKey(bytes(random, 32));
        byte[] message = bytes(random, 50).toArray();
        byte[] signature = Ed25519.reference().sign(key, message).toArray();
        signature[random.nextInt(64)] ^= (byte) (1 << random.nextInt(8));
        assertAllSay(false, key.publicKey(), message, Bytes.wrap(signature));
    }

    /** Points of small order added to A and R in all ways; the messages run until every residue of k has come up. */
    @Property(tries = 6)
    void hiddenPartsOfSmallOrderAreJudgedAlike(@ForAll long seed) {
        Random random = new Random(seed);
        List<Curve.Point> torsion = Curve.smallOrder();
        BigInteger secret = new BigInteger(250, random);
        for (int part = 0; part < 8; part++) {
            Curve.Point a = Curve.BASE.times(secret).plus(torsion.get(random.nextInt(3) == 0 ? part : 0));
            BigInteger nonce = new BigInteger(250, random);
            Curve.Point r = Curve.BASE.times(nonce).plus(torsion.get(part));
            for (int i = 0; i < 12; i++) {
                byte[] message = bytes(random, 8).toArray();
                BigInteger s = Curve.challenge(r.encode(), a.encode(), message)
                        .multiply(secret)
                        .add(nonce)
                        .mod(Curve.L);
                assertAllAgree(a.encode(), message, join(r.encode(), s));
            }
        }
    }

    @Test
    void aLibraryThatHidesPartsOfSmallOrderIsCorrected() {
        // Without the second check in BouncyCastleEd25519, some of these pass there and nowhere else.
        Random random = new Random(7);
        Curve.Point torsion = Curve.smallOrder().get(4);
        BigInteger secret = new BigInteger(250, random);
        byte[] key = Curve.BASE.times(secret).encode();
        int hidden = 0;
        for (int i = 0; i < 40; i++) {
            BigInteger nonce = new BigInteger(250, random);
            byte[] r = Curve.BASE.times(nonce).plus(torsion).encode();
            byte[] message = bytes(random, 8).toArray();
            BigInteger s =
                    Curve.challenge(r, key, message).multiply(secret).add(nonce).mod(Curve.L);
            byte[] signature = join(r, s);
            hidden += org.bouncycastle.math.ec.rfc8032.Ed25519.verify(signature, 0, key, 0, message, 0, message.length)
                    ? 1
                    : 0;
            assertAllSay(false, Bytes.wrap(key), message, Bytes.wrap(signature));
        }
        assertThat(hidden).isPositive();
    }

    @Test
    void keysOfSmallOrMixedOrderAreRefused() {
        Curve.Point good = Curve.BASE.times(BigInteger.valueOf(12345));
        for (Curve.Point small : Curve.smallOrder()) {
            assertKeyRefused(small.encode());
            if (!small.equals(Curve.IDENTITY)) {
                assertKeyRefused(good.plus(small).encode());
            }
        }
        assertThat(Ed25519.reference().verifyingKey(Bytes.wrap(good.encode()))).isPresent();
    }

    @Test
    void keysThatAreNotCanonicalAreRefused() {
        for (int i = 0; i < 19; i++) {
            byte[] aboveP = Curve.littleEndian(Curve.P.add(BigInteger.valueOf(i)));
            assertKeyRefused(aboveP);
            aboveP[31] |= (byte) 0x80;
            assertKeyRefused(aboveP);
        }
        byte[] negativeZero = Curve.littleEndian(BigInteger.ONE);
        negativeZero[31] |= (byte) 0x80;
        assertKeyRefused(negativeZero);
        assertKeyRefused(new byte[31]);
        assertKeyRefused(new byte[33]);
    }

    @Test
    void theIdentityKeyVerifiesNothing() {
        // [S]B = R holds for every message under the identity; some libraries accept it.
        byte[] identity = Curve.IDENTITY.encode();
        byte[] r = Curve.BASE.times(BigInteger.valueOf(99)).encode();
        assertAllAgree(identity, new byte[] {1}, join(r, BigInteger.valueOf(99)));
        assertKeyRefused(identity);
    }

    @Test
    void aScalarOfTheOrderOrMoreIsRefused() {
        Ed25519.SigningKey key = Ed25519.reference().signingKey(bytes(new Random(3), 32));
        byte[] message = {5};
        byte[] signature = Ed25519.reference().sign(key, message).toArray();
        BigInteger s = Curve.number(Arrays.copyOfRange(signature, 32, 64));
        assertAllSay(true, key.publicKey(), message, Bytes.wrap(signature));
        byte[] r = Arrays.copyOf(signature, 32);
        for (int times = 1; times < 15; times++) {
            byte[] forged = join(r, s.add(Curve.L.multiply(BigInteger.valueOf(times))));
            assertAllSay(false, key.publicKey(), message, Bytes.wrap(forged));
        }
    }

    @Test
    void aNoncePointOfSmallOrderIsRefused() {
        BigInteger secret = new BigInteger(250, new Random(5));
        byte[] key = Curve.BASE.times(secret).encode();
        for (Curve.Point small : Curve.smallOrder()) {
            for (int i = 0; i < 9; i++) {
                byte[] message = {(byte) i};
                BigInteger k = Curve.challenge(small.encode(), key, message);
                byte[] signature = join(small.encode(), k.multiply(secret).mod(Curve.L));
                assertAllSay(false, Bytes.wrap(key), message, Bytes.wrap(signature));
            }
        }
    }

    @Test
    void signaturesOfOtherSizesAreRefused() {
        Ed25519.SigningKey key = Ed25519.reference().signingKey(bytes(new Random(4), 32));
        for (int size : new int[] {0, 32, 63, 65, 128}) {
            assertAllSay(false, key.publicKey(), new byte[3], Bytes.wrap(new byte[size]));
        }
    }

    private static void assertKeyRefused(byte[] key) {
        for (Ed25519 library : LIBRARIES) {
            assertThat(library.verifyingKey(Bytes.wrap(key)))
                    .as(library.library())
                    .isEmpty();
        }
    }

    private static void assertAllAgree(byte[] key, byte[] message, byte[] signature) {
        assertAllSay(Curve.isValid(key, message, signature), Bytes.wrap(key), message, Bytes.wrap(signature));
    }

    private static void assertAllSay(boolean expected, Bytes key, byte[] message, Bytes signature) {
        for (Ed25519 library : LIBRARIES) {
            assertThat(verifies(library, key, message, signature))
                    .as(
                            "%s on key %s, message %s, signature %s",
                            library.library(), key.toHex(), Bytes.wrap(message).toHex(), signature.toHex())
                    .isEqualTo(expected);
        }
    }

    private static boolean verifies(Ed25519 library, Bytes key, byte[] message, Bytes signature) {
        return library.verifyingKey(key)
                .map(admitted -> library.verify(admitted, message, signature))
                .orElse(false);
    }

    private static byte[] join(byte[] r, BigInteger s) {
        byte[] signature = Arrays.copyOf(r, 64);
        System.arraycopy(Curve.littleEndian(s), 0, signature, 32, 32);
        return signature;
    }

    private static Bytes bytes(Random random, int size) {
        byte[] bytes = new byte[size];
        random.nextBytes(bytes);
        return Bytes.wrap(bytes);
    }
}
