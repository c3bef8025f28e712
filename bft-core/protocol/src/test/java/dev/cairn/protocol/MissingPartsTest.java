package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.TreeSet;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

/** Parts of a state, compared with a plain set of places. */
class MissingPartsTest {
    private static final int PLACES = 24;

    private static Bytes place(int index) {
        return index == 0 ? Bytes.EMPTY : Bytes.wrap(new byte[] {(byte) (8 * index)});
    }

    @Property(tries = 300)
    void whatWasRemovedIsHereAndAllElseIsMissing(@ForAll long seed) {
        Random random = new Random(seed);
        List<Bytes> splits = new ArrayList<>();
        for (int i = random.nextInt(6); i > 0; i--) {
            splits.add(place(random.nextInt(PLACES))); // a stranger's: in any order, more than once
        }
        MissingParts parts = new MissingParts(splits);
        TreeSet<Integer> missing = new TreeSet<>();
        for (int i = 0; i < PLACES; i++) {
            missing.add(i);
        }
        for (int step = 0; step < 12; step++) {
            int from = random.nextInt(PLACES);
            int next = from + 1 + random.nextInt(PLACES - from);
            parts.remove(place(from), next == PLACES ? Optional.empty() : Optional.of(place(next)));
            missing.subSet(from, next).clear();
            for (int i = 0; i < PLACES; i++) {
                MissingParts.Part probe = new MissingParts.Part(place(i), Optional.of(place(i + 1)));
                assertThat(parts.first(part -> part.meets(probe)).isPresent()).isEqualTo(missing.contains(i));
            }
        }
        parts.remove(Bytes.EMPTY, Optional.empty());
        assertThat(parts.isEmpty()).isTrue();
    }

    @Test
    void absurdSplitsCutNothing() {
        MissingParts parts = new MissingParts(List.of(Bytes.EMPTY, place(3), place(2), place(3)));
        assertThat(parts.first(_ -> true)).contains(new MissingParts.Part(Bytes.EMPTY, Optional.of(place(3))));
        parts.remove(Bytes.EMPTY, Optional.of(place(3)));
        assertThat(parts.first(_ -> true)).contains(new MissingParts.Part(place(3), Optional.empty()));
    }
}
