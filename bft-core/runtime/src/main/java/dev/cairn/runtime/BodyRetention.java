package dev.cairn.runtime;

import dev.cairn.protocol.model.Height;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;

/**
 * Drops the bodies of committed blocks that this replica's policy does not keep, slice by slice, beside the thread that
 * syncs votes. What its own state on disk still has to execute again after a crash is kept in any case.
 */
final class BodyRetention implements AutoCloseable {
    private final RocksLog log;
    private final long retained;
    private final Consumer<Throwable> onFailure;
    private final ThreadPoolExecutor thread;

    /** {@code retained} bodies stay below the stable checkpoint; {@link NodeConfig#ALL_BLOCKS}: all of them. */
    BodyRetention(String name, RocksLog log, long retained, Consumer<Throwable> onFailure) {
        this.log = log;
        this.retained = retained;
        this.onFailure = onFailure;
        this.thread = Threads.onDemand(name);
    }

    /** The checkpoint at {@code stable} is durable, and the state up to {@code written} is on disk. */
    void advance(Height stable, Height written) {
        long lowest = Math.min(stable.value() - retained, written.value());
        if (lowest <= 0 || !thread.getQueue().isEmpty()) {
            return; // the next checkpoint makes up for it
        }
        try {
            thread.execute(() -> prune(new Height(lowest)));
        } catch (RejectedExecutionException e) {
            // the node ends
        }
    }

    private void prune(Height limit) {
        try {
            boolean more = true;
            while (more && !thread.isShutdown()) {
                more = log.prune(limit);
            }
        } catch (StorageException | RuntimeException e) {
            onFailure.accept(e);
        }
    }

    @Override
    public void close() {
        Threads.end(thread);
    }
}
