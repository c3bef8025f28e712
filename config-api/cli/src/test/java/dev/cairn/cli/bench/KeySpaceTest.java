package dev.cairn.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.google.protobuf.ByteString;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class KeySpaceTest {
    private final KeySpace keys = new KeySpace("k/", 10, 1_000, 256, false, 7);

    @Test
    void keysAndValuesHaveTheirSizes() {
        assertThat(LongStream.range(0, 10_000)).allMatch(i -> keys.keyOf(i).size() == 10);
        assertThat(LongStream.range(0, 10_000)).allMatch(i -> keys.valueOf(i).size() == 256);
        assertThat(keys.key(42)).isEqualTo(ByteString.copyFromUtf8("k/00000042"));
    }

    @Test
    void theSameSeedGivesTheSameLoad() {
        KeySpace same = new KeySpace("k/", 10, 1_000, 256, false, 7);
        KeySpace other = new KeySpace("k/", 10, 1_000, 256, false, 8);

        assertThat(same.keyOf(5)).isEqualTo(keys.keyOf(5));
        assertThat(same.valueOf(5)).isEqualTo(keys.valueOf(5));
        assertThat(other.valueOf(5)).isNotEqualTo(keys.valueOf(5));
        assertThat(keys.valueOf(6)).isNotEqualTo(keys.valueOf(5));
    }

    @Test
    void randomKeysReachNearlyAllOfTheSpaceAndSequentialOnesAll() {
        KeySpace inOrder = new KeySpace("k/", 10, 1_000, 256, true, 7);

        assertThat(LongStream.range(0, 10_000).mapToObj(keys::keyOf).distinct().count())
                .isGreaterThan(990);
        assertThat(LongStream.range(0, 1_000)
                        .mapToObj(inOrder::keyOf)
                        .distinct()
                        .count())
                .isEqualTo(1_000);
        assertThat(inOrder.keyOf(1_003)).isEqualTo(keys.key(3));
    }

    @Test
    void thePrefixEndIsTheNextKeyAfterThePrefix() {
        assertThat(keys.prefixEnd()).isEqualTo(ByteString.copyFromUtf8("k0"));
    }

    @Test
    void keysMustHaveRoomForTheirNumber() {
        assertThatIllegalArgumentException().isThrownBy(() -> new KeySpace("k/", 4, 1_000, 256, false, 7));
        assertThatIllegalArgumentException().isThrownBy(() -> new KeySpace("k/", 10, 0, 256, false, 7));
        assertThatIllegalArgumentException().isThrownBy(() -> new KeySpace("", 10, 10, 256, false, 7));
    }
}
