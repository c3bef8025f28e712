package dev.cairn.kv.tree;

import dev.cairn.protocol.model.Bytes;

/**
 * Keys as bit strings: each byte is nine bits, a leading 1 and the byte; past the end come zeros. So no key is a
 * bit-prefix of another, and the order of bit strings is the order of unsigned bytes.
 */
final class CritBit {
    static final int BITS_PER_BYTE = 9;

    private CritBit() {}

    static int bit(Bytes key, int position) {
        int index = position / BITS_PER_BYTE;
        if (index >= key.size()) {
            return 0;
        }
        int within = position % BITS_PER_BYTE;
        return within == 0 ? 1 : (key.at(index) >> (BITS_PER_BYTE - 1 - within)) & 1;
    }

    /** The first position where the keys differ, or -1 if they are equal. */
    static int firstDifference(Bytes a, Bytes b) {
        int common = Math.min(a.size(), b.size());
        for (int i = 0; i < common; i++) {
            int difference = (a.at(i) ^ b.at(i)) & 0xff;
            if (difference != 0) {
                return i * BITS_PER_BYTE + 1 + Integer.numberOfLeadingZeros(difference) - 24;
            }
        }
        return a.size() == b.size() ? -1 : common * BITS_PER_BYTE;
    }
}
