package dev.cairn.kv.proof;

import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keys as bit strings: each byte is nine bits, a leading 1 and the byte; past the end come zeros. So no key is a
 * bit-prefix of another, and the order of bit strings is the order of unsigned bytes.
 */
public final class CritBit {
    private static final int BITS_PER_BYTE = 9;

    private CritBit() {}

    public static int bit(Bytes key, int position) {
        int index = position / BITS_PER_BYTE;
        if (index >= key.size()) {
            return 0;
        }
        int within = position % BITS_PER_BYTE;
        return within == 0 ? 1 : (key.at(index) >> (BITS_PER_BYTE - 1 - within)) & 1;
    }

    /** The first position where the keys differ, or -1 if they are equal. */
    public static int firstDifference(Bytes a, Bytes b) {
        int common = Math.min(a.size(), b.size());
        for (int i = 0; i < common; i++) {
            int difference = (a.at(i) ^ b.at(i)) & 0xff;
            if (difference != 0) {
                return i * BITS_PER_BYTE + 1 + Integer.numberOfLeadingZeros(difference) - 24;
            }
        }
        return a.size() == b.size() ? -1 : common * BITS_PER_BYTE;
    }

    /** Whether no bit from {@code position} on is a 1: a matter of nine bits, for every byte begins with one. */
    static boolean hasOnlyZeros(Bytes key, int position) {
        for (int at = position; at < key.size() * BITS_PER_BYTE; at++) {
            if (bit(key, at) == 1) {
                return false;
            }
        }
        return true;
    }

    /**
     * The smallest key that begins as {@code key} does before {@code position} and has a 1 there: where the right side of
     * a node begins. Nothing if a key that begins so has no such bit.
     */
    public static Optional<Bytes> lowestRight(Bytes key, int position) {
        int index = position / BITS_PER_BYTE;
        int within = position % BITS_PER_BYTE;
        if (index > key.size() || (within > 0 && index == key.size())) {
            return Optional.empty();
        }
        byte[] lowest = Arrays.copyOf(Arrays.copyOf(key.shared(), index), index + 1);
        if (within > 0) {
            int one = 1 << (BITS_PER_BYTE - 1 - within);
            lowest[index] = (byte) ((key.at(index) & -(one << 1)) | one);
        }
        return Optional.of(Bytes.wrap(lowest));
    }
}
