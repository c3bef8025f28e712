package dev.cairn.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.cairn.proto.mvccpb.KeyValue;
import io.grpc.Status;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class AudienceTest {
    private static final long SECOND = 1_000_000_000;
    private static final int WRITES = 50;
    private static final int WATCHERS = 5;
    private static final int PER_STREAM = 2;

    private final FakeClock clock = new FakeClock();
    private final FakeStore store = FakeStore.faultless();
    private final InProcess served = InProcess.serving(store);
    private final KeySpace keys = new KeySpace("w/", 16, 10, 64, false, 1);

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void eachWatcherSeesEachWriteOnce() throws Exception {
        Deliveries deliveries = watchWrites();

        assertThat(deliveries.isFaultless()).isTrue();
        assertThat(deliveries.watchers()).isEqualTo(WATCHERS);
        assertThat(deliveries.acknowledgedWrites()).isEqualTo(WRITES);
        assertThat(deliveries.latencies().count()).isEqualTo((long) WATCHERS * WRITES);
    }

    @Test
    void theLatencyRunsFromTheStartOfThePutToTheEvent() throws Exception {
        store.watches.delivery = (_, pair) -> {
            clock.passNanos(SECOND / 1_000);
            return List.of(pair);
        };

        Latencies latencies = watchWrites().latencies();

        assertThat(latencies.maxMillis()).isCloseTo(WATCHERS, within(0.01));
        assertThat(latencies.meanMillis()).isCloseTo((1 + WATCHERS) / 2.0, within(0.01));
    }

    @Test
    void aWriteThatOneWatcherMissesIsLost() throws Exception {
        List<KeyValue> sent = new ArrayList<>();
        store.watches.delivery = (id, pair) -> {
            sent.add(pair);
            return id == 2 && sent.size() < 10 ? List.of() : List.of(pair);
        };

        Deliveries deliveries = watchWrites();

        // Ids count from 1 within each stream: two streams have a watch 2, and the third has one watch only.
        assertThat(deliveries.lost()).isEqualTo(4);
        assertThat(deliveries.isFaultless()).isFalse();
    }

    @Test
    void aRepeatedEventIsADuplicateAndOutOfOrder() throws Exception {
        store.watches.delivery = (_, pair) -> List.of(pair, pair);

        Deliveries deliveries = watchWrites();

        assertThat(deliveries.duplicates()).isEqualTo((long) WATCHERS * WRITES);
        assertThat(deliveries.outOfOrder()).isGreaterThanOrEqualTo((long) WATCHERS * WRITES);
        assertThat(deliveries.lost()).isZero();
    }

    @Test
    void eventsThatChangePlacesAreOutOfOrder() throws Exception {
        List<KeyValue> heldBack = new ArrayList<>();
        store.watches.delivery = (id, pair) -> {
            if (id != 1) {
                return List.of(pair);
            }
            heldBack.add(pair);
            if (heldBack.size() < 2) {
                return List.of();
            }
            List<KeyValue> swapped = List.copyOf(heldBack.reversed());
            heldBack.clear();
            return swapped;
        };
        try (Audience audience = open(1)) {
            StampedPuts puts = write(audience);

            assertThat(audience.deliveries(puts.acknowledged(), SECOND).outOfOrder())
                    .isEqualTo(WRITES / 2);
        }
    }

    @Test
    void writesOfAnotherPhaseDoNotCount() throws Exception {
        try (Audience audience = open(1)) {
            write(audience);
            StampedPuts puts = write(audience);

            Deliveries deliveries = audience.deliveries(puts.acknowledged(), SECOND);
            assertThat(deliveries.isFaultless()).isTrue();
            assertThat(deliveries.latencies().count()).isEqualTo(WRITES);
        }
    }

    @Test
    void aRefusedWatchIsAnError() throws Exception {
        store.watches.refuses = true;
        try (Audience audience = open(WATCHERS)) {
            assertThat(audience.isCreated(SECOND)).isFalse();
            assertThat(audience.errors().snapshot().get("CANCELED"))
                    .isEqualTo(new Errors.Count(WATCHERS, "a watch was cancelled: etcdserver: permission denied"));
        }
    }

    @Test
    void whatABrokenStreamMissesIsLost() throws Exception {
        try (Audience audience = open(1)) {
            StampedPuts puts = puts(7);
            audience.begin(puts.phase());
            store.watches.breakOff(Status.UNAVAILABLE.asRuntimeException());
            push(puts);
            audience.awaitEnd(60 * SECOND); // returns at once: nothing more can come

            assertThat(audience.deliveries(puts.acknowledged(), SECOND).lost()).isEqualTo(WRITES);
            assertThat(audience.errors().snapshot()).containsOnlyKeys("UNAVAILABLE");
        }
    }

    private Deliveries watchWrites() throws Exception {
        try (Audience audience = open(WATCHERS)) {
            return audience.deliveries(write(audience).acknowledged(), SECOND);
        }
    }

    private Audience open(int size) throws Exception {
        Audience audience =
                Audience.open(List.of(served.channel()), keys.prefix(), keys.prefixEnd(), size, PER_STREAM, clock);
        if (!store.watches.refuses) {
            assertThat(audience.isCreated(SECOND)).isTrue();
        }
        return audience;
    }

    private StampedPuts write(Audience audience) throws Exception {
        StampedPuts puts = puts(clock.nanoTime());
        audience.begin(puts.phase());
        push(puts);
        audience.awaitEnd(SECOND);
        clock.passNanos(SECOND);
        return puts;
    }

    private StampedPuts puts(long phase) {
        return new StampedPuts(keys, phase, clock, SECOND);
    }

    private void push(StampedPuts puts) throws Exception {
        LoadRun.start(new Load(3, Bound.ofOperations(WRITES), 0), puts, List.of(served.channel()), clock)
                .await(SECOND, Progress.silent());
        assertThat(puts.writeEnd(List.of(served.channel()))).isTrue();
    }
}
