package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import org.junit.jupiter.api.Test;

/** A state in which something changes by the passing of time alone, as a lease does. */
class WaitingForTimeTest {
    private static final int TIME_TICKS = Timeouts.DEFAULT.timeTicks();

    private final TestCluster cluster = new TestCluster();

    @Test
    void anIdleClusterWritesNothing() {
        cluster.tick(10 * TIME_TICKS);
        assertThat(cluster.committed.get(0)).isEmpty();
    }

    @Test
    void whileItIsWaitedForABlockBringsTheTimeWithEachPeriod() {
        cluster.waitsForTime = true;
        cluster.tick(5 * TIME_TICKS);
        assertThat(cluster.committed)
                .allSatisfy(chain -> assertThat(chain)
                        .hasSizeBetween(4, 5)
                        .allMatch(block -> block.requests().isEmpty()));
        Block last = cluster.committed.get(0).getLast();
        assertThat(cluster.wallNanos - last.header().timeNanos())
                .isLessThan(1_000_000L * TIME_TICKS * Timeouts.TICK_MILLIS);
    }

    @Test
    void requestsBringTheTimeToo() {
        cluster.waitsForTime = true;
        for (int i = 0; i < 10; i++) {
            cluster.tick(TIME_TICKS / 2);
            cluster.submit(1);
            cluster.deliverAll();
        }
        assertThat(cluster.committed.get(0))
                .hasSize(10)
                .noneMatch(block -> block.requests().isEmpty());
    }

    @Test
    void aPrimaryThatLetsTheTimeStandStillIsSuspected() {
        cluster.waitsForTime = true;
        cluster.delivers = sent -> !(sent.from().index() == 0 && sent.message() instanceof Message.PrePrepare);
        cluster.tick(6 * TIME_TICKS);
        assertThat(cluster.replica(1).status().view().number()).isPositive();
        assertThat(cluster.committed.get(1)).isNotEmpty();
    }
}
