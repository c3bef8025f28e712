package dev.cairn.kv.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Bytes;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

class PlaceTest {
    @Provide
    Arbitrary<Place> places() {
        return Combinators.combine(
                        bytes().filter(key -> !key.isEmpty()),
                        Arbitraries.of(0L, 1L, 2L, 255L, 256L, Long.MAX_VALUE - 1, Long.MAX_VALUE))
                .as(Place::new);
    }

    /** Made of what means something in an encoding: zeros, escapes, numbers, and their neighbours. */
    @Provide
    Arbitrary<Bytes> bytes() {
        return Arbitraries.of((byte) 0, (byte) 1, (byte) 0x7f, (byte) 0xfe, (byte) 0xff)
                .array(byte[].class)
                .ofMaxSize(14)
                .map(Bytes::copyOf);
    }

    @Property
    void encodingsSortAsPlacesAndAreReadBack(@ForAll("places") Place a, @ForAll("places") Place b) {
        assertThat(Integer.signum(a.encode().compareTo(b.encode()))).isEqualTo(Integer.signum(a.compareTo(b)));
        assertThat(Place.atOrAfter(a.encode())).isEqualTo(a);
        assertThat(Place.atOrAfter(Bytes.EMPTY).encode()).isEqualTo(Bytes.EMPTY);
    }

    @Property(tries = 5000)
    void anyBytesStandForTheLowestPlaceThatIsNotBelowThem(@ForAll("bytes") Bytes bytes, @ForAll("places") Place other) {
        Place place = Place.atOrAfter(bytes);
        if (!place.treeKey().isEmpty()) {
            assertThat(place.encode()).isGreaterThanOrEqualTo(bytes);
        }
        boolean isBelow = other.encode().compareTo(bytes) < 0;
        assertThat(other.compareTo(place) < 0)
                .as("%s, %s", bytes.toHex(), place)
                .isEqualTo(isBelow);
    }
}
