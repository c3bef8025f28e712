package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.ExecutionId;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** States are pinned while they are read, few at a time however many peers ask, and let go of afterwards. */
class SnapshotServerTest {
    private static final ReplicaId SLOW = new ReplicaId(0);

    private final ToyMachine.Disk states = new ToyMachine.Disk();
    private final Semaphore disk = new Semaphore(0);
    private final List<ReplicaId> answered = new CopyOnWriteArrayList<>();
    private final List<Throwable> failures = new CopyOnWriteArrayList<>();

    /** The test is the event loop. */
    private final Queue<Runnable> loop = new ConcurrentLinkedQueue<>();

    private void awaitAnswers(int count) {
        Await.until(count + " are answered and no state is pinned", () -> {
            for (Runnable next = loop.poll(); next != null; next = loop.poll()) {
                next.run();
            }
            return answered.size() == count && states.pins.get() == 0;
        });
    }

    private static Effect.ServeChunk chunk(int peer, int state) {
        return new Effect.ServeChunk(
                new ReplicaId(peer), new ExecutionId(state), new Digest(state, 0, 0, 0), Bytes.EMPTY, Optional.empty());
    }

    @Test
    void whileTheDiskIsSlowFourStatesArePinnedAndOneQuestionOfEachPeerWaits(@TempDir Path directory) throws Exception {
        LogStore store = LogStore.open(directory);
        try (RocksLog log = RocksLog.resume(store, LogReader.read(store, LogSamples.GENESIS));
                AnswerThread thread = new AnswerThread("test-chunks", 1, (to, _) -> answered.add(to), failures::add)) {
            SnapshotServer<ToyMachine.State> server = new SnapshotServer<>(
                    new ToyMachine(states), log, thread, loop::add, new NodeMetrics(new SimpleMeterRegistry()));
            assertThat(thread.ask(
                            SLOW,
                            () -> {
                                disk.acquireUninterruptibly();
                                return Optional.empty();
                            },
                            () -> {}))
                    .isTrue();
            Await.until("the disk is slow", disk::hasQueuedThreads);
            for (int i = 1; i <= 8; i++) {
                server.serveChunk(chunk(i, i), ToyMachine.State.EMPTY);
                server.serveChunk(chunk(i, 1), ToyMachine.State.EMPTY); // one question of each peer
            }
            assertThat(states.pins)
                    .as("four states, and the first for four more peers")
                    .hasValue(8);
            disk.release();
            awaitAnswers(8);
            server.serveChunk(chunk(8, 8), ToyMachine.State.EMPTY);
            awaitAnswers(9);
        }
        assertThat(failures).isEmpty();
    }
}
