package dev.cairn.cli.bench;

import static dev.cairn.cli.bench.Operations.Kind.GET;
import static dev.cairn.cli.bench.Operations.Kind.PUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.grpc.Channel;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class LoadRunTest {
    private static final long MILLI = 1_000_000;
    private static final long SECOND = 1_000 * MILLI;
    private static final long TIMEOUT_NANOS = 5 * SECOND;

    private final FakeClock clock = new FakeClock();
    private final KeySpace keys = new KeySpace("t/", 16, 100, 32, false, 1);

    @Test
    void latenciesAreThoseOfTheServer() throws Exception {
        LoadResult result = puts(FakeStore.slow(clock, 5 * MILLI), new Load(1, Bound.ofOperations(100), 0));

        Latencies latencies = latencies(result, PUT);
        assertThat(latencies.count()).isEqualTo(100);
        assertThat(latencies.p50Millis()).isCloseTo(5, within(0.01));
        assertThat(latencies.maxMillis()).isCloseTo(5, within(0.01));
        assertThat(result.elapsedNanos()).isEqualTo(500 * MILLI);
        assertThat(result.successesPerSecond()).isCloseTo(200, within(0.01));
        assertThat(result.errors()).isEmpty();
    }

    @Test
    void endsAtItsTime() throws Exception {
        LoadResult result = puts(FakeStore.slow(clock, 5 * MILLI), new Load(1, Bound.ofNanos(SECOND), 0));

        assertThat(result.successes()).isEqualTo(200);
    }

    @Test
    void operationsThatEndAtOnceDoNotGrowTheStack() throws Exception {
        LoadResult result = puts(FakeStore.faultless(), new Load(3, Bound.ofOperations(50_000), 0));

        assertThat(result.successes()).isEqualTo(50_000);
    }

    @Test
    void failuresAreCountedByCodeWithWhatTheFirstOneSaid() throws Exception {
        FakeStore store = new FakeStore(call -> switch ((int) (call % 4)) {
            case 1 -> Optional.of(Status.UNAVAILABLE.withDescription("etcdserver: no leader " + call));
            case 3 -> Optional.of(Status.RESOURCE_EXHAUSTED.withDescription("etcdserver: too many requests"));
            default -> Optional.empty();
        });

        LoadResult result = puts(store, new Load(2, Bound.ofOperations(100), 0));

        assertThat(result.successes()).isEqualTo(50);
        assertThat(result.failures()).isEqualTo(50);
        assertThat(result.errors())
                .containsEntry("UNAVAILABLE", new Errors.Count(25, "etcdserver: no leader 1"))
                .containsEntry("RESOURCE_EXHAUSTED", new Errors.Count(25, "etcdserver: too many requests"));
    }

    @Test
    void afterAFailureAClientGoesOnThroughTheNextConnection() throws Exception {
        FakeStore dead = new FakeStore(_ -> Optional.of(Status.UNAVAILABLE));
        FakeStore alive = FakeStore.faultless();
        try (InProcess first = InProcess.serving(dead);
                InProcess second = InProcess.serving(alive)) {
            LoadRun run = LoadRun.start(
                    new Load(1, Bound.ofOperations(100), 0),
                    KvOperations.puts(keys, TIMEOUT_NANOS),
                    List.of(first.channel(), second.channel()),
                    clock);
            clock.runOut();
            LoadResult result = run.await(TIMEOUT_NANOS, Progress.silent());

            assertThat(dead.calls).hasValue(1);
            assertThat(result.successes()).isEqualTo(99);
        }
    }

    @Test
    void aPacedLoadCountsTheWaitingThatAStallCauses() throws Exception {
        FakeStore store = new FakeStore(call -> {
            clock.passNanos(call == 50 ? SECOND : 0);
            return Optional.empty();
        });

        LoadResult result = puts(store, new Load(1, Bound.ofOperations(200), 100));

        Latencies latencies = latencies(result, PUT);
        assertThat(latencies.maxMillis()).isCloseTo(1_000, within(1.0));
        // A hundred operations fell due during the stall, each 10 ms later than the one before.
        assertThat(latencies.meanMillis()).isCloseTo((1_000 + 99 * 990 / 2.0) / 200, within(3.0));
        assertThat(result.elapsedNanos()).isEqualTo(199 * 10 * MILLI);
    }

    @Test
    void theLongestTimeWithoutAWriteIsReported() throws Exception {
        long startNanos = clock.nanoTime();
        FakeStore store = new FakeStore(_ -> {
            long atMillis = (clock.nanoTime() - startNanos) / MILLI;
            return atMillis > 1_000 && atMillis < 3_000 ? Optional.of(Status.UNAVAILABLE) : Optional.empty();
        });

        LoadResult result = puts(store, new Load(20, Bound.ofNanos(5 * SECOND), 100));

        assertThat(result.longestWriteGap()).hasValueSatisfying(gap -> {
            assertThat(gap.lengthNanos() / MILLI).isBetween(1_990L, 2_020L);
            assertThat(gap.startOffsetNanos() / MILLI).isBetween(980L, 1_010L);
        });
    }

    @Test
    void aLoadOfGetsHasNoWriteGap() throws Exception {
        LoadResult result = gets(FakeStore.faultless(), false, false);

        assertThat(result.longestWriteGap()).isEmpty();
        assertThat(result.latencies()).containsOnlyKeys(GET);
    }

    @Test
    void aLinearizableGetMustFindAKeyThatIsThere() throws Exception {
        LoadResult result = gets(FakeStore.faultless(), false, true);

        assertThat(result.successes()).isZero();
        assertThat(result.errors()).containsOnlyKeys("DATA_LOSS");
    }

    @Test
    void aSerializableGetMayReadTheStateBeforeAKey() throws Exception {
        assertThat(gets(FakeStore.faultless(), true, true).failures()).isZero();
    }

    @Test
    void mixturesKeepTheirShareAndTheirLatenciesApart() throws Exception {
        try (InProcess served = InProcess.serving(FakeStore.faultless())) {
            LoadRun run = LoadRun.start(
                    new Load(4, Bound.ofOperations(10_000), 0),
                    new KvOperations(keys, 0.25, false, false, TIMEOUT_NANOS),
                    List.of(served.channel()),
                    clock);
            LoadResult result = run.await(TIMEOUT_NANOS, Progress.silent());

            assertThat(result.latencies()).containsOnlyKeys(PUT, GET);
            assertThat((double) latencies(result, PUT).count()).isCloseTo(2_500, within(150.0));
        }
    }

    @Test
    void noMoreOperationsAreInFlightThanAllowed() throws Exception {
        Queue<StreamObserver<Object>> held = new ArrayDeque<>();
        Operations holding = new Operations() {
            @Override
            public Kind kindOf(long index) {
                return PUT;
            }

            @Override
            public void start(long index, Channel connection, StreamObserver<Object> outcome) {
                held.add(outcome);
            }
        };
        try (InProcess served = InProcess.serving(FakeStore.faultless())) {
            LoadRun run =
                    LoadRun.start(new Load(7, Bound.ofOperations(20), 0), holding, List.of(served.channel()), clock);

            assertThat(held).hasSize(7);
            for (int ended = 0; ended < 20; ended++) {
                held.remove().onCompleted();
                assertThat(held).hasSize(Math.min(7, 19 - ended));
            }
            assertThat(run.await(TIMEOUT_NANOS, Progress.silent()).successes()).isEqualTo(20);
        }
    }

    private static Latencies latencies(LoadResult result, Operations.Kind kind) {
        return Optional.ofNullable(result.latencies().get(kind)).orElseThrow();
    }

    private LoadResult puts(FakeStore store, Load load) throws Exception {
        return run(store, load, KvOperations.puts(keys, TIMEOUT_NANOS));
    }

    private LoadResult gets(FakeStore store, boolean serializable, boolean allKeysExist) throws Exception {
        return run(
                store,
                new Load(1, Bound.ofOperations(10), 0),
                new KvOperations(keys, 0, serializable, allKeysExist, TIMEOUT_NANOS));
    }

    private LoadResult run(FakeStore store, Load load, Operations operations) throws Exception {
        try (InProcess served = InProcess.serving(store)) {
            LoadRun run = LoadRun.start(load, operations, List.of(served.channel()), clock);
            clock.runOut();
            return run.await(TimeUnit.SECONDS.toNanos(1), Progress.silent());
        }
    }
}
