package dev.cairn.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WriteClockTest {
    private static final Instant NOON = Instant.parse("2026-11-26T12:00:00Z");
    private static final Duration LIMIT = WriteClock.MOST_APART;
    private static final Duration DAY = Duration.ofDays(1);

    /** By the clocks of the replicas. */
    private Instant truth = NOON;

    /** By the node's own clock. */
    private Instant now = NOON;

    private final Cluster cluster = new Cluster();
    private final WriteClock clock = new WriteClock(() -> now, cluster);

    private final class Cluster implements WriteClock.ClusterTime {
        private Instant newestBlock = NOON;
        private Runnable meanwhile = () -> {};
        private final List<Duration> asked = new ArrayList<>();

        @Override
        public Instant newestBlock() {
            return newestBlock;
        }

        @Override
        public boolean isWithin(Duration maxAge) {
            asked.add(maxAge);
            meanwhile.run();
            return Duration.between(truth, now).compareTo(maxAge) <= 0;
        }
    }

    private static long micros(Instant instant) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    }

    private void refuses(String where) {
        assertThatThrownBy(clock::next)
                .isInstanceOf(WrongClockException.class)
                .hasMessageContaining("more than 4 minutes " + where + " the cluster's time; set it right");
    }

    @Test
    void writesAreDatedByTheClockAndEachLaterThanTheLast() throws Exception {
        assertThat(clock.next()).isEqualTo(micros(NOON));
        assertThat(clock.next()).isEqualTo(micros(NOON) + 1);
        now = NOON.minusSeconds(5);
        assertThat(clock.next()).isEqualTo(micros(NOON) + 2);
        assertThat(cluster.asked).isEmpty();
    }

    @Test
    void whatWouldBeRefusedIsNotDatedAndAfterTheClockIsSetRightAllIsWell() throws Exception {
        now = NOON.plus(DAY);
        refuses("ahead of");
        now = NOON.plusSeconds(1);
        assertThat(clock.next()).isEqualTo(micros(now));
        now = NOON.minus(DAY);
        cluster.newestBlock = NOON.plus(LIMIT).plusSeconds(2);
        refuses("behind");
        now = cluster.newestBlock;
        assertThat(clock.next()).isEqualTo(micros(now));
    }

    @Test
    void theBoundIsExact() throws Exception {
        now = NOON.plus(LIMIT).plus(1, ChronoUnit.MICROS);
        refuses("ahead of");
        now = NOON.plus(LIMIT);
        assertThat(clock.next()).isEqualTo(micros(now));
        refuses("ahead of");
    }

    @Test
    void whereNoBlockWasMadeForLongAQuorumsWordWillDo() throws Exception {
        truth = NOON.plus(DAY);
        now = truth.plus(LIMIT);
        assertThat(clock.next()).isEqualTo(micros(now));
        assertThat(cluster.asked).containsExactly(LIMIT);
        now = truth.plus(LIMIT).plus(1, ChronoUnit.MICROS);
        refuses("ahead of");
    }

    @Test
    void aWriteThatIsDatedAheadOfTheClockNeedsTheNewerWord() throws Exception {
        truth = NOON.plus(DAY);
        now = truth.plusSeconds(100);
        long last = clock.next();
        now = truth;
        assertThat(clock.next()).isEqualTo(last + 1);
        assertThat(cluster.asked).containsExactly(LIMIT, LIMIT.minusSeconds(100).minus(1, ChronoUnit.MICROS));
    }

    @Test
    void aClockThatIsSetRightDuringTheQuestionProvesNothingOfTheTimeBefore() throws Exception {
        now = NOON.plus(DAY);
        cluster.meanwhile = () -> now = NOON;
        refuses("ahead of");
        assertThat(clock.next()).isEqualTo(micros(NOON));
    }

    @Test
    void theAnswerMayShowThatTheClockIsBehind() {
        cluster.newestBlock = NOON.minus(DAY);
        now = NOON.minus(Duration.ofHours(1));
        cluster.meanwhile = () -> cluster.newestBlock = NOON;
        refuses("behind");
    }
}
