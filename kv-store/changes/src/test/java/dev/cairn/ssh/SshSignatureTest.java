package dev.cairn.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;
import java.math.BigInteger;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.Map;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What is accepted as a key and as a signature, and each way in which it is not. */
class SshSignatureTest {
    private static final String NAMESPACE = "change@cairn.dev";
    private static final Bytes TEXT = Bytes.utf8("text\n");
    private static final Map<KeyKind, TestKey> KEYS = keys();

    private static Map<KeyKind, TestKey> keys() {
        Map<KeyKind, TestKey> keys = new EnumMap<>(KeyKind.class);
        for (KeyKind kind : KeyKind.values()) {
            keys.put(kind, TestKey.of(kind, 1));
        }
        return keys;
    }

    private static TestKey key(KeyKind kind) {
        return java.util.Objects.requireNonNull(KEYS.get(kind));
    }

    private static VerifiedSignature verify(TestKey key, Bytes armoured) throws SshException {
        return SshSignature.parse(armoured).verify(key.publicKey(), NAMESPACE, TEXT);
    }

    private static VerifiedSignature verify(TestKey key, TestKey.Parts parts) throws SshException {
        return SshSignature.parseBlob(parts.toBlob()).verify(key.publicKey(), NAMESPACE, TEXT);
    }

    private static void refused(SshRefusal reason, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SshException.class,
                        refusal -> assertThat(refusal.reason()).isEqualTo(reason))
                .hasMessageMatching("[^\n]*; [^\n]*|[^\n]* (has|have) at most [^\n]*");
    }

    @ParameterizedTest
    @EnumSource
    void everyKindOfKeySigns(KeyKind kind) throws SshException {
        VerifiedSignature verified = verify(key(kind), key(kind).sign(NAMESPACE, TEXT));
        assertThat(verified.key()).isEqualTo(key(kind).publicKey());
        assertThat(verified.namespace()).isEqualTo(NAMESPACE);
        assertThat(verified.messageDigest()).isEqualTo(Hashing.sha256(TEXT.shared()));
        assertThat(verified.touch().isPresent()).isEqualTo(kind.isHardware());
    }

    @ParameterizedTest
    @EnumSource
    void aKeyHasOneLine(KeyKind kind) throws SshException {
        SshPublicKey key = key(kind).publicKey();
        assertThat(SshPublicKey.parseLine(key.line() + " alice@laptop")).isEqualTo(key);
        refused(
                SshRefusal.TRAILING_BYTES,
                () -> SshPublicKey.parse(
                        new SshWriter().putRaw(key.blob().shared()).putByte(0).toBytes()));
        refused(
                SshRefusal.MALFORMED,
                () -> SshPublicKey.parse(key.blob().slice(0, key.blob().size() - 1)));
    }

    @Property(tries = 400)
    void aChangedByteIsRefused(
            @ForAll KeyKind kind,
            @ForAll @IntRange(max = 100_000) int place,
            @ForAll @IntRange(min = 1, max = 255) int by)
            throws SshException {
        byte[] blob = key(kind).plain(NAMESPACE, TEXT).toBlob().toArray();
        int at = place % blob.length;
        blob[at] ^= (byte) by;
        if (kind.isHardware() && at == blob.length - 5 && (blob[at] & TestKey.TOUCHED) == 0) {
            refused(
                    SshRefusal.NO_PRESENCE,
                    () -> SshSignature.parseBlob(Bytes.wrap(blob))
                            .verify(key(kind).publicKey(), NAMESPACE, TEXT));
        }
        assertThatThrownBy(() -> SshSignature.parseBlob(Bytes.wrap(blob))
                        .verify(key(kind).publicKey(), NAMESPACE, TEXT))
                .isInstanceOf(SshException.class);
    }

    @ParameterizedTest
    @EnumSource
    void aSignatureOfAnotherTextIsRefused(KeyKind kind) {
        refused(SshRefusal.NOT_SIGNED, () -> verify(key(kind), key(kind).sign(NAMESPACE, Bytes.utf8("other\n"))));
    }

    @ParameterizedTest
    @ValueSource(strings = {"git", "file", "approve@cairn.dev", "admin@cairn.dev", "change@cairn.dev "})
    void aSignatureForAnotherPurposeIsRefused(String namespace) {
        TestKey key = key(KeyKind.ED25519);
        refused(SshRefusal.WRONG_NAMESPACE, () -> verify(key, key.sign(namespace, TEXT)));
    }

    @ParameterizedTest
    @EnumSource(names = {"SK_ED25519", "SK_ECDSA_P256"})
    void aDeviceThatNobodyTouchedIsRefused(KeyKind kind) throws SshException {
        for (int flags : new int[] {0, 0x04, 0xfe}) {
            refused(
                    SshRefusal.NO_PRESENCE,
                    () -> verify(key(kind), key(kind).withFlags(flags).sign(NAMESPACE, TEXT)));
        }
        assertThat(verify(key(kind), key(kind).withFlags(TestKey.VERIFIED).sign(NAMESPACE, TEXT))
                        .touch())
                .contains(new Touch(true, 41));
    }

    @Test
    void theKeyOfTheSignatureIsTheOneItIsCheckedWith() {
        refused(
                SshRefusal.OTHER_KEY,
                () -> verify(
                        key(KeyKind.ED25519), TestKey.of(KeyKind.ED25519, 2).sign(NAMESPACE, TEXT)));
        TestKey ecdsa = key(KeyKind.ECDSA_P256);
        refused(
                SshRefusal.OTHER_KEY,
                () -> verify(ecdsa, key(KeyKind.ED25519).plain(NAMESPACE, TEXT).withKey(ecdsa.blob())));
    }

    @ParameterizedTest
    @ValueSource(strings = {"ssh-rsa", "rsa-sha2-256"})
    void rsaNeedsSha512(String algorithm) {
        TestKey key = key(KeyKind.RSA);
        Bytes signature = new SshWriter()
                .putName(algorithm)
                .putString(Bytes.wrap(new byte[384]))
                .toBytes();
        refused(
                SshRefusal.RSA_WITHOUT_SHA512,
                () -> verify(key, key.plain(NAMESPACE, TEXT).withSignature(signature)));
    }

    @Test
    void weakRsaIsRefused() {
        refused(SshRefusal.WEAK_RSA_KEY, () -> TestKey.rsa(1, 2048).publicKey());
        refused(
                SshRefusal.WEAK_RSA_KEY,
                () -> SshPublicKey.parse(
                        rsa(BigInteger.valueOf(3), BigInteger.TWO.pow(3072).add(BigInteger.ONE))));
        refused(
                SshRefusal.WEAK_RSA_KEY,
                () -> SshPublicKey.parse(
                        rsa(BigInteger.valueOf(65537), BigInteger.TWO.pow(9000).add(BigInteger.ONE))));
        refused(
                SshRefusal.MALFORMED,
                () -> SshPublicKey.parse(new SshWriter()
                        .putName("ssh-rsa")
                        .putString(Bytes.wrap(new byte[] {0, 1, 0, 1}))
                        .putNumber(BigInteger.TWO.pow(3072).add(BigInteger.ONE))
                        .toBytes()));
    }

    private static Bytes rsa(BigInteger exponent, BigInteger modulus) {
        return new SshWriter()
                .putName("ssh-rsa")
                .putNumber(exponent)
                .putNumber(modulus)
                .toBytes();
    }

    /** The identity, a point of order 8, one above the prime, and one with a part of small order or off the curve. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "0100000000000000000000000000000000000000000000000000000000000000",
                "0000000000000000000000000000000000000000000000000000000000000000",
                "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                "0200000000000000000000000000000000000000000000000000000000000000",
                "01"
            })
    void noInvalidPointIsAKey(String point) {
        for (KeyKind kind : new KeyKind[] {KeyKind.ED25519, KeyKind.SK_ED25519}) {
            SshWriter blob = new SshWriter()
                    .putName(kind.keyName())
                    .putString(Bytes.wrap(HexFormat.of().parseHex(point)));
            refused(
                    SshRefusal.INVALID_POINT,
                    () -> SshPublicKey.parse(
                            kind.isHardware() ? blob.putName("ssh:").toBytes() : blob.toBytes()));
        }
    }

    @Test
    void noInvalidPointIsAnEcdsaKey() {
        byte[] blob = key(KeyKind.ECDSA_P256).blob().toArray();
        blob[blob.length - 1] ^= 1;
        refused(SshRefusal.INVALID_POINT, () -> SshPublicKey.parse(Bytes.wrap(blob)));
        refused(
                SshRefusal.INVALID_POINT,
                () -> SshPublicKey.parse(new SshWriter()
                        .putName("ecdsa-sha2-nistp256")
                        .putName("nistp256")
                        .putString(Bytes.wrap(new byte[] {0}))
                        .toBytes()));
    }

    @Test
    void ecdsaNumbersHaveBoundsAndOneSpelling() {
        TestKey key = key(KeyKind.ECDSA_P256);
        BigInteger order = new BigInteger("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551", 16);
        for (BigInteger bad :
                new BigInteger[] {BigInteger.ZERO, order, order.add(BigInteger.ONE), BigInteger.TWO.pow(300)}) {
            refused(
                    SshRefusal.NOT_SIGNED,
                    () -> verify(
                            key,
                            key.plain(NAMESPACE, TEXT)
                                    .withSignature(
                                            ecdsa(new SshWriter().putNumber(bad).putNumber(BigInteger.ONE)))));
        }
        refused(
                SshRefusal.MALFORMED,
                () -> verify(
                        key,
                        key.plain(NAMESPACE, TEXT)
                                .withSignature(ecdsa(new SshWriter()
                                        .putString(Bytes.wrap(new byte[] {0, 1}))
                                        .putNumber(BigInteger.ONE)))));
    }

    private static Bytes ecdsa(SshWriter numbers) {
        return new SshWriter()
                .putName("ecdsa-sha2-nistp256")
                .putString(numbers.toBytes())
                .toBytes();
    }

    @Test
    void keysOfOtherKindsAreRefused() {
        for (String kind : new String[] {"ssh-dss", "ecdsa-sha2-nistp384", "ssh-ed25519-cert-v01@openssh.com"}) {
            refused(
                    SshRefusal.UNKNOWN_KEY_KIND,
                    () -> SshPublicKey.parse(new SshWriter().putName(kind).toBytes()));
        }
        Bytes elsewhere = new SshWriter()
                .putRaw(key(KeyKind.SK_ED25519).blob().slice(0, 26 + 4 + 4 + 32).shared())
                .putName("https://example.org")
                .toBytes();
        refused(SshRefusal.NON_CANONICAL_KEY, () -> SshPublicKey.parse(elsewhere));
    }

    @Test
    void linesThatAreNoKeyAreRefused() throws SshException {
        String line = key(KeyKind.ED25519).publicKey().line();
        refused(SshRefusal.MALFORMED, () -> SshPublicKey.parseLine("no-touch-required=1 " + line));
        refused(SshRefusal.MALFORMED, () -> SshPublicKey.parseLine("ssh-ed25519"));
        refused(SshRefusal.MALFORMED, () -> SshPublicKey.parseLine("ssh-ed25519 !"));
        refused(SshRefusal.NON_CANONICAL_KEY, () -> SshPublicKey.parseLine(line.replace("ssh-ed25519", "ssh-rsa")));
    }

    @Test
    void theEnvelopeHasOneSpelling() {
        TestKey key = key(KeyKind.ED25519);
        TestKey.Parts parts = key.plain(NAMESPACE, TEXT);
        refused(SshRefusal.UNKNOWN_VERSION, () -> verify(key, parts.withVersion(2)));
        refused(SshRefusal.MALFORMED, () -> verify(key, parts.withReserved("x")));
        refused(SshRefusal.WRONG_HASH, () -> verify(key, parts.withHash("sha256")));
        Bytes longer =
                new SshWriter().putRaw(parts.toBlob().shared()).putByte(0).toBytes();
        refused(SshRefusal.TRAILING_BYTES, () -> SshSignature.parseBlob(longer));
        Bytes longerWithin =
                new SshWriter().putRaw(parts.signature().shared()).putByte(0).toBytes();
        refused(SshRefusal.TRAILING_BYTES, () -> verify(key, parts.withSignature(longerWithin)));
    }

    @Test
    void theArmourHasOneSpelling() {
        String good = key(KeyKind.ED25519).sign(NAMESPACE, TEXT).toUtf8();
        for (String bad : new String[] {
            good + "\n",
            good.stripTrailing(),
            " " + good,
            good.replace("\n", "\r\n"),
            good.replaceFirst("U1NI", "U1N\nI"),
            good.replaceFirst("U1NI", "U1N!"),
            good.replace("SSH SIGNATURE", "PGP SIGNATURE"),
            "-----BEGIN SSH SIGNATURE-----\n",
            "",
            good.repeat(20)
        }) {
            refused(SshRefusal.MALFORMED_ARMOUR, () -> SshSignature.parse(Bytes.utf8(bad)));
        }
    }
}
