package dev.cairn.runtime;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How much of one peer's traffic may wait for the event loop. A peer over its budget is not read until half of it is
 * free again: it holds up itself, by TCP's own flow control, and nobody else.
 */
final class InboundBudget {
    /** What a message costs besides its bytes. */
    static final int MESSAGE_OVERHEAD_BYTES = 256;

    private final long limit;
    private final Runnable resume;
    private final AtomicLong used = new AtomicLong();
    private final AtomicBoolean paused = new AtomicBoolean();

    /** {@code resume} is called, on any thread, when reading may go on. */
    InboundBudget(long limit, Runnable resume) {
        this.limit = limit;
        this.resume = resume;
    }

    void take(int bytes) {
        used.addAndGet(bytes);
    }

    void giveBack(int bytes) {
        long left = used.addAndGet(-bytes);
        if (left <= limit / 2 && paused.compareAndSet(true, false)) {
            resume.run();
        }
    }

    /** Whether to read on at once; if not, {@code resume} will be called. */
    boolean mayReadOn() {
        if (used.get() < limit) {
            return true;
        }
        paused.set(true);
        // The loop may have given everything back in between.
        return used.get() <= limit / 2 && paused.compareAndSet(true, false);
    }
}
