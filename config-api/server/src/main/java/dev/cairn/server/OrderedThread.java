package dev.cairn.server;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;

/** One thread that runs tasks in order. Its queue is bounded by what may be handed to it, not by itself. */
final class OrderedThread implements Executor, AutoCloseable {
    private static final Logger LOG = System.getLogger(OrderedThread.class.getName());

    private final ExecutorService thread;

    OrderedThread(String name) {
        thread = Executors.newSingleThreadExecutor(
                Thread.ofPlatform().daemon().name(name).factory());
    }

    /** After {@link #close} the task is forgotten. */
    @Override
    public void execute(Runnable task) {
        try {
            thread.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.log(Level.DEBUG, "stopped; a task is forgotten");
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.log(Level.ERROR, "a task failed", e);
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
