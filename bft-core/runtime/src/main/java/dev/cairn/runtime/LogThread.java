package dev.cairn.runtime;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Height;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The one thread that waits for the log's disk. Whatever records came while it was writing become the next batch, so
 * many steps share one fsync.
 */
final class LogThread implements AutoCloseable {

    /** Who follows the durable log. Called on the log's thread. */
    interface Follower {
        /** All batches up to {@code ticket} are durable. */
        void durable(long ticket);

        /** The durable log says that the blocks up to {@code height} are committed. May wait, to slow the log down. */
        void committed(Height height) throws InterruptedException;

        /** The durable log says that the checkpoint at {@code height} is stable. Does not wait. */
        void stable(Height height);

        /** Nothing more becomes durable. */
        void failed(Throwable cause);
    }

    private final DurableLog log;
    private final Follower follower;
    private final NodeMetrics metrics;
    private final Thread thread;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition work = lock.newCondition();
    private List<LogRecord> records = new ArrayList<>();
    private long ticket;
    private boolean closing;

    LogThread(String name, DurableLog log, Follower follower, NodeMetrics metrics) {
        this.log = log;
        this.follower = follower;
        this.metrics = metrics;
        this.thread = Thread.ofPlatform().name(name).daemon(true).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    /** Makes the records durable; the follower is then told {@code number} or a later number. Numbers only grow. */
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

    private void run() {
        try {
            for (Batch batch = nextBatch(); !batch.records().isEmpty(); batch = nextBatch()) {
                long start = System.nanoTime();
                log.append(batch.records());
                metrics.synced(System.nanoTime() - start, batch.records().size());
                follower.durable(batch.ticket());
                tellCommitted(batch.records());
                tellStable(batch.records());
            }
        } catch (Throwable t) {
            follower.failed(t);
        }
    }

    private record Batch(List<LogRecord> records, long ticket) {}

    /** All that waits; waits for it, and is empty only at the end. */
    private Batch nextBatch() throws InterruptedException {
        lock.lock();
        try {
            while (records.isEmpty() && !closing) {
                work.await();
            }
            Batch batch = new Batch(records, ticket);
            records = new ArrayList<>();
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private void tellCommitted(List<LogRecord> batch) throws InterruptedException {
        for (LogRecord entry : batch.reversed()) {
            if (entry instanceof LogRecord.CommittedBlock last) {
                follower.committed(last.height());
                return;
            }
        }
    }

    private void tellStable(List<LogRecord> batch) {
        for (LogRecord entry : batch.reversed()) {
            if (entry instanceof LogRecord.StableCheckpoint last) {
                follower.stable(last.certificate().height());
                return;
            }
        }
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
