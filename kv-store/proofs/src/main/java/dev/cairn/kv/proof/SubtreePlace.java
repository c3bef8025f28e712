package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;

/** Where a subtree lies, by the bits that all its keys begin with, seen from a span of keys. */
enum SubtreePlace {
    /** It holds no key of the span. */
    OUTSIDE,
    /** It holds keys of the span only. */
    WITHIN,
    /** A bound of the span cuts it. */
    CUT;

    private enum Order {
        ALL_BELOW,
        ALL_FROM,
        CUT
    }

    /** The keys that begin as {@code key} does before {@code critBit} and have the bit {@code side} there. */
    static SubtreePlace of(Bytes key, int critBit, int side, KeySpan span) {
        Order low = order(key, critBit, side, span.from());
        Order high = span.until().map(until -> order(key, critBit, side, until)).orElse(Order.ALL_BELOW);
        if (low == Order.ALL_BELOW || high == Order.ALL_FROM) {
            return OUTSIDE;
        }
        return low == Order.ALL_FROM && high == Order.ALL_BELOW ? WITHIN : CUT;
    }

    private static Order order(Bytes key, int critBit, int side, Bytes bound) {
        int parts = CritBit.firstDifference(key, bound);
        if (parts >= 0 && parts < critBit) {
            return CritBit.bit(bound, parts) == 0 ? Order.ALL_FROM : Order.ALL_BELOW;
        }
        int boundBit = CritBit.bit(bound, critBit);
        if (side != boundBit) {
            return boundBit == 0 ? Order.ALL_FROM : Order.ALL_BELOW;
        }
        return CritBit.hasOnlyZeros(bound, critBit + 1) ? Order.ALL_FROM : Order.CUT;
    }
}
