package dev.cairn.chaos.exhaustive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.exhaustive.SmallWorld.Size;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All orders of deliveries in small worlds. {@code -Dcairn.exhaustive.minutes=N} tries the larger ones for N minutes each. */
class SmallWorldsTest {
    private static final long QUICK_SECONDS = 120;
    private static final int WALKS = 2000;

    /** Who lies, views, heights, whether bodies are at hand. */
    @ParameterizedTest
    @CsvSource({"0, 2, 1, true", "0, 2, 1, false", "1, 2, 1, true", "1, 2, 1, false"})
    void everyOrderOfDeliveriesIsSafe(int byzantine, int views, int heights, boolean bodies) {
        Search search = new Search(new Size(byzantine, views, heights, bodies));
        Search.Result result = search.run(Integer.MAX_VALUE, deadline(TimeUnit.SECONDS, QUICK_SECONDS), _ -> {});
        System.out.println(result);
        assertThat(result.violation()).isEmpty();
        assertThat(result.exhausted()).isTrue();
        assertThat(search.ambiguity()).isEmpty();
    }

    /** The search delivers in bundles; single deliveries lead nowhere else. */
    @ParameterizedTest
    @CsvSource({"0, 2, 1, true", "1, 2, 1, false"})
    void singleDeliveriesMeetNoOtherState(int byzantine, int views, int heights, boolean bodies) {
        Size size = new Size(byzantine, views, heights, bodies);
        Search search = new Search(size);
        assertThat(search.run(Integer.MAX_VALUE, deadline(TimeUnit.SECONDS, QUICK_SECONDS), _ -> {})
                        .exhausted())
                .isTrue();
        Predicate<List<Past>> visited = search.visited();
        int reachedSecond = 0;
        for (long seed = 1; seed <= WALKS; seed++) {
            Walk walk = new Walk(size, seed);
            while (!walk.isOver()) {
                walk.step();
                assertThat(visited.test(walk.pasts()))
                        .as("seed %s: %s is a state that was visited", seed, walk)
                        .isTrue();
            }
            reachedSecond += walk.entered(1) ? 1 : 0;
        }
        assertThat(reachedSecond).as("walks that got to the second view").isGreaterThan(WALKS / 20);
    }

    @ParameterizedTest
    @EnabledIfSystemProperty(named = "cairn.exhaustive.minutes", matches = "\\d+")
    @CsvSource({"0, 2, 2, true", "1, 2, 2, true", "0, 3, 1, true", "1, 3, 1, true"})
    void largerWorldsAreSafeAsFarAsTheyAreSearched(int byzantine, int views, int heights, boolean bodies) {
        Search search = new Search(new Size(byzantine, views, heights, bodies));
        long minutes = Long.getLong("cairn.exhaustive.minutes", 1);
        int maxStates = Integer.getInteger("cairn.exhaustive.states", 10_000_000);
        Search.Result result = search.run(
                maxStates, deadline(TimeUnit.MINUTES, minutes), states -> System.out.printf("%,d states%n", states));
        System.out.println(result);
        assertThat(result.violation()).isEmpty();
        assertThat(search.ambiguity()).isEmpty();
    }

    private static long deadline(TimeUnit unit, long count) {
        return System.nanoTime() + unit.toNanos(count);
    }
}
