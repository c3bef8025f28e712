package dev.cairn.runtime;

import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has the state machine write committed states, in order, each only once the durable log says that it is committed: a
 * state on disk is never ahead of the log. On a thread of its own, so that a large change does not hold up votes.
 */
final class StateThread<S> implements AutoCloseable {
    /** Beyond this the log waits: a state machine that can't keep pace must slow its replica down. */
    static final int MAX_STATES_BEHIND = 256;

    static final long MAX_BYTES_BEHIND = 32L << 20;

    private record Committed<S>(Block block, S state) {}

    private final StateMachine<S> machine;
    private final Consumer<Throwable> onFailure;
    private final NodeMetrics metrics;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition ready = lock.newCondition();
    private final Condition written = lock.newCondition();
    private final ArrayDeque<Committed<S>> states = new ArrayDeque<>();
    private long bytes;
    private Height durable;
    private boolean ended;
    private volatile Height lastWritten;

    /** {@code durable} is how far the log has come at the start; {@code onFailure} is called on this thread. */
    StateThread(
            String name, StateMachine<S> machine, Height durable, Consumer<Throwable> onFailure, NodeMetrics metrics) {
        this.machine = machine;
        this.durable = durable;
        this.lastWritten = machine.committedHeight();
        this.onFailure = onFailure;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
        metrics.gauge("cairn_states_behind", "Committed states that are not on disk yet.", this, StateThread::waiting);
    }

    void start() {
        thread.start();
    }

    /** Takes a committed state to write. Heights come one after the other. */
    void persist(Block block, S state) {
        lock.lock();
        try {
            states.add(new Committed<>(block, state));
            bytes += block.sizeBytes();
            ready.signal();
        } finally {
            lock.unlock();
        }
    }

    /** The log is durable up to {@code height}; waits while too many states that may be written are not. */
    void durable(Height height) throws InterruptedException {
        lock.lock();
        try {
            durable = height;
            ready.signal();
            while ((states.size() > MAX_STATES_BEHIND || bytes > MAX_BYTES_BEHIND) && mayWriteFirst() && !ended) {
                written.await();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Makes durable what is written; up to which height that is. Beside this thread, which writes on. */
    Height sync() {
        Height written = lastWritten;
        machine.sync();
        return written;
    }

    private int waiting() {
        lock.lock();
        try {
            return states.size();
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            for (Committed<S> next = next(); next != null; next = next()) {
                long start = System.nanoTime();
                machine.persist(next.state(), next.block());
                lastWritten = next.block().height();
                metrics.statePersisted(System.nanoTime() - start);
            }
        } catch (Throwable t) {
            end();
            onFailure.accept(t);
        }
    }

    /** The first state that may be written; waits for one, and is null at the end. */
    private @Nullable Committed<S> next() throws InterruptedException {
        lock.lock();
        try {
            while (!mayWriteFirst() && !ended) {
                ready.await();
            }
            written.signal();
            Committed<S> first = mayWriteFirst() ? states.poll() : null;
            bytes -= first == null ? 0 : first.block().sizeBytes();
            return first;
        } finally {
            lock.unlock();
        }
    }

    private boolean mayWriteFirst() {
        Committed<S> first = states.peek();
        return first != null && first.block().height().isAtMost(durable);
    }

    private void end() {
        lock.lock();
        try {
            ended = true;
            ready.signal();
            written.signal();
        } finally {
            lock.unlock();
        }
    }

    /** Writes what may be written, then ends the thread. The rest is executed again at the next start. */
    @Override
    public void close() {
        end();
        Threads.join(thread);
    }
}
