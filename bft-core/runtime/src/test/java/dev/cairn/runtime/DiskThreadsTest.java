package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Proposal;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/** One fsync for all that waits, states after their records, and the first error ends it all. */
class DiskThreadsTest {
    private final Semaphore disk = new Semaphore(0);
    private final List<List<LogRecord>> batches = new CopyOnWriteArrayList<>();
    private final AtomicLong durable = new AtomicLong();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final ToyMachine.Disk states = new ToyMachine.Disk();

    private final NodeMetrics metrics = new NodeMetrics(new SimpleMeterRegistry());
    private final StateThread<ToyMachine.State> stateThread =
            new StateThread<>("test-states", new ToyMachine(states), Height.GENESIS, failure::set, metrics);

    private LogThread thread(DurableLog log) {
        LogThread.Follower follower = new LogThread.Follower() {
            @Override
            public void durable(long ticket) {
                durable.set(ticket);
            }

            @Override
            public void committed(Height height) throws InterruptedException {
                stateThread.durable(height);
            }

            @Override
            public void stable(Height height) {}

            @Override
            public void failed(Throwable cause) {
                failure.set(cause);
            }
        };
        LogThread thread = new LogThread("test-log", log, follower, metrics);
        thread.start();
        return thread;
    }

    private void slowAppend(List<LogRecord> records) {
        disk.acquireUninterruptibly();
        batches.add(records);
    }

    @Test
    void whatComesDuringAWriteSharesTheNext() {
        LogRecord entry = new LogRecord.StableCheckpoint(new LogSamples(1).certificate(new Height(1)));
        try (LogThread thread = thread(this::slowAppend)) {
            thread.append(List.of(entry), 1);
            Await.until("the first batch is being written", () -> disk.hasQueuedThreads());
            for (int ticket = 2; ticket <= 100; ticket++) {
                thread.append(List.of(entry), ticket);
            }
            assertThat(durable).hasValue(0);
            disk.release(2);
            Await.until("all is durable", () -> durable.get() == 100);
            assertThat(batches).hasSize(2);
            assertThat(batches.getLast()).hasSize(99);
        }
    }

    @Test
    void aStateIsWrittenOnlyAfterTheRecordThatItIsCommitted() {
        LogSamples life = new LogSamples(5);
        List<LogRecord> records = life.step();
        while (records.stream().noneMatch(r -> r instanceof LogRecord.CommittedBlock)) {
            records = life.step();
        }
        Block block = life.recovery().head();
        ToyMachine.State state = new ToyMachine(states)
                .execute(ToyMachine.State.EMPTY, new Proposal(block.height(), 2, block.requests()));
        stateThread.start();
        try (LogThread thread = thread(this::slowAppend);
                stateThread) {
            stateThread.persist(block, state);
            thread.append(records, 1);
            Await.until("the batch is being written", () -> disk.hasQueuedThreads());
            assertThat(states.written).isEqualTo(ToyMachine.State.EMPTY);
            disk.release();
            Await.until("the state is written", () -> states.written.equals(state));
        }
    }

    @Test
    void anErrorOfTheDiskEndsTheThreadAndNothingCountsAsDurable() {
        try (LogThread thread = thread(_ -> {
            throw new StorageException("no space left");
        })) {
            thread.append(List.of(new LogRecord.StableCheckpoint(new LogSamples(1).certificate(new Height(1)))), 1);
            Await.until("the error is told", () -> failure.get() != null);
            assertThat(failure.get()).hasMessage("no space left");
            assertThat(durable).hasValue(0);
        }
    }
}
