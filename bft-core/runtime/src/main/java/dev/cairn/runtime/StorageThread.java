package dev.cairn.runtime;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The one thread that waits for the disk. Whatever records came while it was writing become the next batch, so many
 * steps share one fsync. Committed states are written after the log that says they are committed; while records wait
 * they come first, until too many states wait.
 */
final class StorageThread<S> implements AutoCloseable {
    /** States beyond this hold up the log: a state machine that can't keep pace must slow its replica down. */
    private static final int MAX_STATES_BEHIND = 256;

    private record Committed<S>(Height height, Block block, S state) {}

    private final DurableLog log;
    private final StateMachine<S> machine;
    private final LongConsumer onDurable;
    private final Consumer<Throwable> onFailure;
    private final NodeMetrics metrics;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private final ArrayDeque<Committed<S>> states = new ArrayDeque<>();
    private List<LogRecord> records = new ArrayList<>();
    private long ticket;
    private boolean closing;

    /** Only the thread itself: the last height that the durable log calls committed. */
    private Height durablyCommitted;

    /** {@code onDurable} and {@code onFailure} are called on this thread. */
    StorageThread(
            String name,
            DurableLog log,
            StateMachine<S> machine,
            Height committed,
            LongConsumer onDurable,
            Consumer<Throwable> onFailure,
            NodeMetrics metrics) {
        this.log = log;
        this.machine = machine;
        this.durablyCommitted = committed;
        this.onDurable = onDurable;
        this.onFailure = onFailure;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Makes the records durable; {@code onDurable} then gets {@code number} or a later number. Numbers only grow. */
    void append(List<LogRecord> more, long number) {
        lock.lock();
        try {
            records.addAll(more);
            ticket = number;
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Has the state machine write a committed state once the log says durably that it is committed. */
    void persist(Block block, S state) {
        lock.lock();
        try {
            states.add(new Committed<>(block.height(), block, state));
            work.signal();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (awaitWork()) {
                appendWaiting();
                persistWaiting();
            }
        } catch (Throwable t) {
            onFailure.accept(t);
        }
    }

    private boolean awaitWork() throws InterruptedException {
        lock.lock();
        try {
            while (records.isEmpty() && !isStateReady() && !closing) {
                work.await();
            }
            return !records.isEmpty() || isStateReady();
        } finally {
            lock.unlock();
        }
    }

    private void appendWaiting() throws StorageException {
        List<LogRecord> batch;
        long number;
        lock.lock();
        try {
            batch = records;
            number = ticket;
            records = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        if (batch.isEmpty()) {
            return;
        }
        long start = System.nanoTime();
        log.append(batch);
        metrics.synced(System.nanoTime() - start, batch.size());
        for (LogRecord entry : batch) {
            if (entry instanceof LogRecord.CommittedBlock committed) {
                durablyCommitted = committed.height();
            }
        }
        onDurable.accept(number);
    }

    private void persistWaiting() {
        for (Committed<S> next = nextState(); next != null; next = nextState()) {
            long start = System.nanoTime();
            machine.persist(next.state(), next.block());
            metrics.statePersisted(System.nanoTime() - start);
        }
    }

    /** A state that may be written now: unless too many wait, only while no records do. */
    private @Nullable Committed<S> nextState() {
        lock.lock();
        try {
            boolean mayGoFirst = records.isEmpty() || states.size() > MAX_STATES_BEHIND;
            return mayGoFirst && isStateReady() ? states.poll() : null;
        } finally {
            lock.unlock();
        }
    }

    private boolean isStateReady() {
        Committed<S> first = states.peek();
        return first != null && first.height().isAtMost(durablyCommitted);
    }

    /** Writes what waits, then ends the thread. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            work.signal();
        } finally {
            lock.unlock();
        }
        Threads.join(thread);
    }
}
