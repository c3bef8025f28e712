package dev.cairn.kv.proof;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Held against the keys themselves: all of at most three bytes out of a few. */
class SubtreePlaceTest {
    private static final byte[] ALPHABET = {0, 1, 'a', 'b', (byte) 0x80, (byte) 0xff};
    private static final List<Bytes> UNIVERSE = universe();

    private static List<Bytes> universe() {
        List<Bytes> keys = new ArrayList<>(List.of(Bytes.EMPTY));
        for (int i = 0; keys.get(i).size() < 3; i++) {
            for (byte next : ALPHABET) {
                byte[] longer = Arrays.copyOf(keys.get(i).shared(), keys.get(i).size() + 1);
                longer[longer.length - 1] = next;
                keys.add(Bytes.wrap(longer));
            }
        }
        return keys;
    }

    @Provide
    Arbitrary<Bytes> keys() {
        return Arbitraries.of(UNIVERSE);
    }

    @Property
    void whatLiesOutsideHoldsNoneAndWhatLiesWithinHoldsOnlyKeysOfTheSpan(
            @ForAll("keys") Bytes key,
            @ForAll @IntRange(max = 28) int critBit,
            @ForAll @IntRange(max = 1) int side,
            @ForAll("keys") Bytes from,
            @ForAll("keys") Bytes until) {
        KeySpan span = new KeySpan(from, until.isEmpty() ? Optional.empty() : Optional.of(until));
        if (span.isEmpty()) {
            return;
        }
        List<Bytes> below = UNIVERSE.stream()
                .filter(each -> agree(each, key, critBit) && CritBit.bit(each, critBit) == side)
                .toList();
        switch (SubtreePlace.of(key, critBit, side, span)) {
            case OUTSIDE -> assertThat(below).noneMatch(span::contains);
            case WITHIN -> assertThat(below).allMatch(span::contains);
            case CUT ->
                assertThat(from.size() + until.size())
                        .as("what has no bounds is not cut")
                        .isPositive();
        }
    }

    /** Keys that part from a bound lie on the side of it that the first of them lies on. */
    @Property
    void whatPartsFromABoundLiesOnOneSideOfIt(@ForAll("keys") Bytes key, @ForAll("keys") Bytes bound) {
        int critBit = CritBit.firstDifference(key, bound);
        if (critBit < 0) {
            return;
        }
        KeySpan fromBound = new KeySpan(bound, Optional.empty());
        int side = CritBit.bit(key, critBit);
        assertThat(SubtreePlace.of(key, critBit, side, fromBound))
                .isEqualTo(fromBound.contains(key) ? SubtreePlace.WITHIN : SubtreePlace.OUTSIDE);
    }

    private static boolean agree(Bytes a, Bytes b, int bits) {
        int parts = CritBit.firstDifference(a, b);
        return parts < 0 || parts >= bits;
    }
}
