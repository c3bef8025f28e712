package dev.cairn.chaos.exhaustive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.chaos.exhaustive.SmallWorld.Size;
import java.util.Optional;
import java.util.stream.LongStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Random ways through worlds that are too large for {@link SmallWorldsTest}. {@code -Dcairn.walks=N} sets how many through
 * each, {@code -Dcairn.first.walk=S} where to begin; {@code -Dcairn.first.walk=S -Dcairn.walks=1} takes one again.
 */
class BiasedWalksTest {
    private static final long WALKS = Long.getLong("cairn.walks", 2_000);
    private static final long FIRST = Long.getLong("cairn.first.walk", 1);
    private static final long ENOUGH_FOR_COVERAGE = 1_000;

    /** Who lies, views, heights, whether bodies are at hand. */
    @ParameterizedTest
    @CsvSource({"0, 3, 2, true", "0, 4, 2, false", "1, 3, 2, true", "1, 4, 2, false"})
    void noWalkBreaksSafety(int byzantine, int views, int heights, boolean bodies) {
        Size size = new Size(byzantine, views, heights, bodies);
        Tally tally = LongStream.range(FIRST, FIRST + WALKS)
                .parallel()
                .collect(() -> new Tally(size), Tally::walk, Tally::add);
        System.out.println(size + ": " + tally);
        if (WALKS >= ENOUGH_FOR_COVERAGE) {
            assertThat(tally.reachedLast).as("walks that got to the last view").isGreaterThan(WALKS / 50);
            assertThat(tally.decided).as("walks in which something was decided").isGreaterThan(WALKS / 50);
        }
    }

    /** What walks did, all through one world. */
    private static final class Tally {
        private final Size size;
        private final Trio.Ground ground;
        private long walks;
        private long steps;
        private long reachedLast;
        private long decided;

        Tally(Size size) {
            this.size = size;
            this.ground = new Trio.Ground(size);
        }

        void walk(long seed) {
            BiasedWalk walk = new BiasedWalk(ground, seed);
            Optional<String> violation = walk.run();
            if (violation.isPresent()) {
                throw new AssertionError(violation.get() + "\n" + walk.shortened() + "\n" + size + "; again by"
                        + " -Dtest=BiasedWalksTest -Dcairn.walks=1 -Dcairn.first.walk=" + seed);
            }
            walks++;
            steps += walk.length();
            reachedLast += walk.entered(size.views() - 1) ? 1 : 0;
            decided += walk.decided() ? 1 : 0;
        }

        void add(Tally other) {
            walks += other.walks;
            steps += other.steps;
            reachedLast += other.reachedLast;
            decided += other.decided;
        }

        @Override
        public String toString() {
            return String.format(
                    "%,d walks of %,d steps, %,d to the last view, %,d with a decision",
                    walks, steps, reachedLast, decided);
        }
    }
}
