package dev.cairn.ssh;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.spec.ECPoint;
import java.util.Arrays;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.ByteRange;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Assumptions;

/** Java's ECDSA and the native one say the same of every signature that either is asked about, or Java's speaks for both. */
class EcdsaLibraryProperties {
    private static final BigInteger ORDER = EcdsaLibrary.P256.getOrder();

    /** A signature by BouncyCastle: neither of the two. */
    private record Sample(ECPoint point, Bytes message, BigInteger r, BigInteger s) {
        static Sample of(int number, byte[] text) throws SshException {
            TestKey key = TestKey.of(KeyKind.ECDSA_P256, number);
            byte[] coordinates = key.blob().toArray();
            int x = coordinates.length - 64;
            SshReader signature = new SshReader(
                    "the sample",
                    key.plain("change@cairn.dev", Bytes.wrap(text)).signature());
            signature.nextName();
            SshReader numbers = new SshReader("the sample", signature.nextString());
            return new Sample(
                    new ECPoint(new BigInteger(1, coordinates, x, 32), new BigInteger(1, coordinates, x + 32, 32)),
                    Bytes.wrap(SshSignature.signedBytes("change@cairn.dev", Bytes.wrap(text))),
                    numbers.nextNumber(),
                    numbers.nextNumber());
        }
    }

    private static boolean holds(EcdsaLibrary library, Sample sample, BigInteger r, BigInteger s) {
        byte[] both = new byte[64];
        write(r, both, 0);
        write(s, both, 32);
        return library.holds(library.key(sample.point()), sample.message().shared(), both);
    }

    private static void write(BigInteger number, byte[] target, int at) {
        byte[] bytes = number.toByteArray();
        int from = Math.max(0, bytes.length - 32);
        System.arraycopy(bytes, from, target, at + 32 - (bytes.length - from), bytes.length - from);
    }

    private static boolean bothSay(Sample sample, BigInteger r, BigInteger s) {
        EcdsaLibrary fast = EcdsaLibrary.fast().orElse(EcdsaLibrary.JAVA);
        Assumptions.assumeTrue(fast != EcdsaLibrary.JAVA, "there is but one library here");
        boolean java = holds(EcdsaLibrary.JAVA, sample, r, s);
        assertThat(holds(fast, sample, r, s)).as("r %s, s %s", r, s).isEqualTo(java);
        return java;
    }

    @Property(tries = 200)
    void goodSignaturesHold(@ForAll @IntRange(min = 1, max = 500) int number, @ForAll @Size(max = 100) byte[] text)
            throws SshException {
        Sample sample = Sample.of(number, text);
        assertThat(bothSay(sample, sample.r(), sample.s())).isTrue();
        assertThat(bothSay(sample, sample.r(), ORDER.subtract(sample.s())))
                .as("ECDSA's other s for the same r")
                .isTrue();
    }

    @Property(tries = 400)
    void changedOnesDoNot(
            @ForAll @IntRange(min = 1, max = 500) int number,
            @ForAll @Size(max = 100) byte[] text,
            @ForAll @IntRange(max = 511) int bit)
            throws SshException {
        Sample sample = Sample.of(number, text);
        BigInteger r = bit < 256 ? sample.r().flipBit(bit) : sample.r();
        BigInteger s = bit < 256 ? sample.s() : sample.s().flipBit(bit - 256);
        boolean mayBeAsked = r.signum() > 0 && s.signum() > 0 && r.compareTo(ORDER) < 0 && s.compareTo(ORDER) < 0;
        if (mayBeAsked) {
            assertThat(bothSay(sample, r, s)).isFalse();
        }
    }

    @Property(tries = 200)
    void anyNumbersInRangeAreAnsweredAlike(
            @ForAll @IntRange(min = 1, max = 500) int number,
            @ForAll @Size(64) @ByteRange(min = -128, max = 127) byte[] numbers,
            @ForAll @IntRange(max = 3) int edge)
            throws SshException {
        Sample sample = Sample.of(number, Hashing.sha256(numbers).toArray());
        BigInteger r = new BigInteger(1, Arrays.copyOf(numbers, 32)).mod(ORDER).max(BigInteger.ONE);
        BigInteger s = new BigInteger(1, Arrays.copyOfRange(numbers, 32, 64))
                .mod(ORDER)
                .max(BigInteger.ONE);
        bothSay(sample, (edge & 1) == 0 ? r : BigInteger.ONE, (edge & 2) == 0 ? s : ORDER.subtract(BigInteger.ONE));
    }

    @Property(tries = 40)
    void whereALibraryFailsJavaAnswers(
            @ForAll FailingEcdsa.Fault fault, @ForAll @IntRange(min = 1, max = 500) int number, @ForAll boolean isGood)
            throws GeneralSecurityException, SshException {
        EcdsaLibrary failing = EcdsaLibrary.of(new FailingEcdsa(fault));
        Sample sample = Sample.of(number, new byte[] {1, 2, 3});
        BigInteger s = isGood ? sample.s() : sample.s().flipBit(0);
        assertThat(holds(failing, sample, sample.r(), s)).isEqualTo(isGood);
    }
}
