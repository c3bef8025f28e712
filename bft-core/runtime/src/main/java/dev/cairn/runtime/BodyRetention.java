package dev.cairn.runtime;

import dev.cairn.protocol.model.Height;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.function.Consumer;

/**
 * Drops the bodies of committed blocks that this replica's policy does not keep, slice by slice, beside the thread that
 * syncs votes. What its own state on disk still has to execute again after a crash is kept in any case: the state is
 * synced first, for if the power fails everywhere, nobody else has what is dropped.
 */
final class BodyRetention implements AutoCloseable {
    /** Makes the state durable, and says of which height it is. */
    interface StateSync {
        Height sync();
    }

    private final RocksLog log;
    private final StateSync state;
    private final long retained;
    private final Consumer<Throwable> onFailure;
    private final ThreadPoolExecutor thread;

    /** {@code retained} bodies stay below the stable checkpoint; {@link NodeConfig#ALL_BLOCKS}: all of them. */
    BodyRetention(String name, RocksLog log, StateSync state, long retained, Consumer<Throwable> onFailure) {
        this.log = log;
        this.state = state;
        this.retained = retained;
        this.onFailure = onFailure;
        this.thread = Threads.onDemand(name);
    }

    /** The checkpoint at {@code stable} is durable. */
    void advance(Height stable) {
        long lowest = stable.value() - retained;
        if (lowest <= log.oldestBody().value() || !thread.getQueue().isEmpty()) {
            return; // the next checkpoint makes up for it
        }
        try {
            thread.execute(() -> prune(lowest));
        } catch (RejectedExecutionException e) {
            // the node ends
        }
    }

    private void prune(long lowest) {
        try {
            Height limit = new Height(Math.min(lowest, state.sync().value()));
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
