package dev.cairn.chaos.real;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.chaos.history.History;
import dev.cairn.chaos.history.HistoryViolation;
import dev.cairn.chaos.history.Operation;
import dev.cairn.chaos.history.Outcome;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Real processes under attack, and a judge of what their clients saw. Short by default; {@code -Dcairn.chaos.minutes=10}
 * makes it longer, {@code -Dcairn.chaos.seed=S} draws the same faults and lies again (processes, disks and the network
 * take their own time, so a run is like another, not the same).
 */
@Tag("chaos")
class ChaosTest {
    private static final Duration SHORT = Duration.ofSeconds(10);

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void honestReplicasServeALinearizableStoreWhateverHappens() throws Exception {
        long seed = Long.getLong("cairn.chaos.seed", ThreadLocalRandom.current().nextLong(Long.MAX_VALUE));
        Duration faults = Long.getLong("cairn.chaos.minutes") == null
                ? SHORT
                : Duration.ofMinutes(Long.getLong("cairn.chaos.minutes"));
        System.out.println("chaos for " + faults.toSeconds() + " s; again with:\n  mvn -q -pl chaos-tests -am test"
                + " -Dtest=ChaosTest -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.chaos.seed=" + seed
                + (faults.equals(SHORT) ? "" : " -Dcairn.chaos.minutes=" + faults.toMinutes()));
        ChaosRun.run(directory, seed, faults);
    }

    /** Given what nobody promised to be linearizable, the judge says so. */
    @Test
    void aReadBehindAPartitionIsCaught() throws Exception {
        try (ChaosCluster cluster = new ChaosCluster(directory, 0, List.of(), 0)) {
            cluster.startAll();
            RealCluster replicas = cluster.replicas();
            Recorder recorder = new Recorder();
            record(recorder, new Operation.Put("k", "old"), put -> EtcdCalls.call(replicas.kv(1), put));
            record(recorder, new Operation.Get("k"), get -> EtcdCalls.call(replicas.kv(2), get));
            cluster.network().cut(PeerNetwork.around(Set.of(2), RealCluster.REPLICAS));
            record(recorder, new Operation.Put("k", "new"), put -> EtcdCalls.call(replicas.kv(1), put));
            assertThatThrownBy(() -> EtcdCalls.call(
                            replicas.kv(2).withDeadlineAfter(1, TimeUnit.SECONDS), new Operation.Get("k")))
                    .isInstanceOf(StatusRuntimeException.class);
            record(recorder, new Operation.Get("k"), _ -> EtcdCalls.serializableGet(replicas.kv(2), "k"));
            assertThatThrownBy(() -> new History(recorder.calls(), List.of()).check())
                    .isInstanceOf(HistoryViolation.class)
                    .hasMessageStartingWith("not linearizable");
        }
    }

    private static void record(
            Recorder recorder, Operation operation, Function<Operation, Outcome.Answered> execution) {
        long invoked = System.nanoTime();
        recorder.called(recorder.nextId(), invoked, operation, execution.apply(operation));
    }
}
