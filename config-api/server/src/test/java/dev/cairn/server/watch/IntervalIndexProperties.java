package dev.cairn.server.watch;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

/** The index finds what a look at every interval finds. */
class IntervalIndexProperties {
    private record Filed(KeyInterval interval, int value) {}

    @Property(tries = 200)
    void findsExactlyTheIntervalsThatHoldAKey(@ForAll Random random) {
        IntervalIndex<Integer> index = new IntervalIndex<>();
        List<Filed> naive = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
            if (naive.isEmpty() || random.nextInt(3) > 0) {
                Filed filed = new Filed(
                        new KeyInterval(key(random), random.nextInt(5) == 0 ? null : key(random)), random.nextInt(40));
                if (!naive.contains(filed)) {
                    naive.add(filed);
                }
                index.add(filed.interval(), filed.value());
            } else {
                Filed filed = naive.remove(random.nextInt(naive.size()));
                index.remove(filed.interval(), filed.value());
            }
            Bytes key = key(random);
            List<Integer> found = new ArrayList<>();
            index.forEachHolding(key, found::add);
            assertThat(found)
                    .containsExactlyInAnyOrderElementsOf(naive.stream()
                            .filter(filed -> filed.interval().holds(key))
                            .map(Filed::value)
                            .toList());
        }
    }

    private static Bytes key(Random random) {
        byte[] key = new byte[1 + random.nextInt(2)];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) (random.nextInt(6) - 3);
        }
        return Bytes.wrap(key);
    }
}
