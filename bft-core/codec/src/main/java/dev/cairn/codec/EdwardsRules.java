package dev.cairn.codec;

import dev.cairn.protocol.model.Bytes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The checks on encodings that come before any arithmetic. Encodings are 32 bytes, little-endian; bit 255 is x's sign. */
final class EdwardsRules {
    private static final VarHandle LITTLE = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long WITHOUT_SIGN = Long.MAX_VALUE;

    /** The field's prime 2^255 − 19: its lowest and highest words; the two between are all ones. */
    private static final long P0 = 0xffff_ffff_ffff_ffedL;

    private static final long P3 = Long.MAX_VALUE;

    /** The group's order L. */
    private static final long[] ORDER = {0x5812_631a_5cf5_d3edL, 0x14de_f9de_a2f7_9cd6L, 0, 0x1000_0000_0000_0000L};

    /** The y coordinates of the eight points of small order: 0, 1, −1, and those of the points of order 8. */
    private static final long[][] SMALL_ORDER_Y = {
        {0, 0, 0, 0},
        {1, 0, 0, 0},
        {P0 - 1, -1, -1, P3},
        {0x45b0_27b2_8f95_e826L, 0xd098_eff2_89f4_c345L, 0x3963_d3c3_05ac_dfd5L, 0x05fc_536d_8802_38b1L},
        {0xba4f_d84d_706a_17c7L, 0x2f67_100d_760b_3cbaL, 0xc69c_2c3c_fa53_202aL, 0x7a03_ac92_77fd_c74eL},
    };

    private EdwardsRules() {}

    static boolean isValidKey(Bytes encoded) {
        return encoded.size() == Ed25519.KEY_BYTES
                && isAcceptablePoint(encoded.shared(), 0)
                && org.bouncycastle.math.ec.rfc8032.Ed25519.validatePublicKeyFull(encoded.shared(), 0);
    }

    /** R canonical and not of small order, S below L. */
    static boolean mayBeValid(Bytes signature) {
        return signature.size() == Ed25519.SIGNATURE_BYTES
                && isBelowOrder(signature.shared(), 32)
                && isAcceptablePoint(signature.shared(), 0);
    }

    /** Canonical and not of small order; whether it is on the curve is not looked at. */
    private static boolean isAcceptablePoint(byte[] source, int at) {
        long y0 = word(source, at);
        long y1 = word(source, at + 8);
        long y2 = word(source, at + 16);
        long y3 = word(source, at + 24) & WITHOUT_SIGN;
        boolean belowPrime = y3 != P3 || y2 != -1 || y1 != -1 || Long.compareUnsigned(y0, P0) < 0;
        if (!belowPrime) {
            return false;
        }
        for (long[] small : SMALL_ORDER_Y) {
            if (y0 == small[0] && y1 == small[1] && y2 == small[2] && y3 == small[3]) {
                return false;
            }
        }
        return true;
    }

    private static boolean isBelowOrder(byte[] source, int at) {
        for (int i = 3; i >= 0; i--) {
            int order = Long.compareUnsigned(word(source, at + 8 * i), ORDER[i]);
            if (order != 0) {
                return order < 0;
            }
        }
        return false;
    }

    private static long word(byte[] source, int at) {
        return (long) LITTLE.get(source, at);
    }
}
