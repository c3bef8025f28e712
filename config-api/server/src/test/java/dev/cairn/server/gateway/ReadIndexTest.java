package dev.cairn.server.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReadIndexTest {
    private final FakeConsensus consensus = new FakeConsensus();
    private final List<String> told = new ArrayList<>();
    private long now;
    private final ReadIndex index = new ReadIndex(consensus, Runnable::run, () -> now, 3, 100);

    @Test
    void aReadJoinsOnlyARoundThatStartsAfterIt() {
        index.await(read("a"));
        index.await(read("b"));
        index.await(read("c"));
        assertThat(consensus.readRounds).containsExactly(1L);
        index.ready(1);
        assertThat(told).containsExactly("a proceeds");
        assertThat(consensus.readRounds).containsExactly(1L, 2L);
        index.ready(1);
        assertThat(told).hasSize(1);
        index.ready(2);
        assertThat(told).containsExactly("a proceeds", "b proceeds", "c proceeds");
        assertThat(index.waiting()).isZero();
    }

    @Test
    void refusesBeyondItsBound() {
        for (String name : List.of("a", "b", "c", "d", "e")) {
            index.await(read(name));
        }
        assertThat(told).containsExactly("e TOO_MANY_REQUESTS");
    }

    @Test
    void refusesWhatWaitedTooLongAndGoesOn() {
        index.await(read("a"));
        now = 60;
        index.await(read("b"));
        now = 100;
        index.expire();
        assertThat(told).containsExactly("a TIMED_OUT");
        index.ready(1);
        index.ready(2);
        assertThat(told).containsExactly("a TIMED_OUT", "b proceeds");
    }

    @Test
    void refusesARoundThatCouldNotBegin() {
        consensus.full = true;
        index.await(read("a"));
        assertThat(told).containsExactly("a TOO_MANY_REQUESTS");
        consensus.full = false;
        index.await(read("b"));
        index.ready(2);
        assertThat(told).containsExactly("a TOO_MANY_REQUESTS", "b proceeds");
    }

    @Test
    void refusesEverythingOnceStopped() {
        index.await(read("a"));
        index.await(read("b"));
        index.stop();
        index.await(read("c"));
        index.ready(1);
        assertThat(told).containsExactlyInAnyOrder("a STOPPED", "b STOPPED", "c STOPPED");
    }

    private ReadIndex.Read read(String name) {
        return new ReadIndex.Read() {
            @Override
            public void proceed() {
                told.add(name + " proceeds");
            }

            @Override
            public void refuse(Refusal why) {
                told.add(name + " " + why);
            }
        };
    }
}
