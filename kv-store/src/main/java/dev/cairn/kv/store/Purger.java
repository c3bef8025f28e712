package dev.cairn.kv.store;

import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Removes from disk what compactions have passed, on a thread of its own and in slices, so that neither the event loop
 * nor the storage thread waits for it. A compaction that is interrupted by a crash is done again by the next one.
 */
public final class Purger implements AutoCloseable {
    private static final int SLICE_VERSIONS = 4096;

    private final KvStore store;
    private final AtomicLong goal;
    private final ExecutorService thread;
    private volatile boolean closed;
    private volatile @Nullable StoreException failure;

    public Purger(KvStore store) {
        this.store = store;
        this.goal = new AtomicLong(-1);
        this.thread = Executors.newSingleThreadExecutor(task -> {
            Thread worker = new Thread(task, "cairn-purge");
            worker.setDaemon(true);
            return worker;
        });
    }

    /** Throws if what was to be removed could not be: the disk is damaged, or full. */
    public void requireSound() {
        StoreException found = failure;
        if (found != null) {
            throw found;
        }
    }

    /** Removes what a compaction to this revision has passed; a lower one than before stops the removal. Never blocks. */
    public void compactTo(long compactRevision) {
        if (goal.getAndSet(compactRevision) < compactRevision && compactRevision > 0) {
            thread.execute(() -> purge(compactRevision));
        }
    }

    private void purge(long compactRevision) {
        try {
            Optional<byte[]> cursor = Optional.of(new byte[0]);
            while (cursor.isPresent() && !closed && compactRevision == goal.get()) {
                cursor = store.purge(compactRevision, cursor.get(), SLICE_VERSIONS);
            }
        } catch (StoreException e) {
            failure = e;
        }
    }

    /** Waits for the slice under way. */
    @Override
    public void close() {
        closed = true;
        thread.shutdown();
        try {
            if (!thread.awaitTermination(30, TimeUnit.SECONDS)) {
                throw new StoreException("the removal of old versions does not stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
