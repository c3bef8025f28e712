package dev.cairn.runtime;

import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Beginnings and ends of threads. */
final class Threads {
    private static final long IDLE_SECONDS = 10;

    private Threads() {}

    /** One thread that is there while it has something to do, and a little longer. Its user bounds its queue. */
    static ThreadPoolExecutor onDemand(String name) {
        ThreadPoolExecutor executor = new ThreadPoolExecutor(
                1,
                1,
                IDLE_SECONDS,
                TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(),
                Thread.ofPlatform().name(name).daemon(true).factory());
        executor.allowCoreThreadTimeOut(true);
        return executor;
    }

    /** Drops what waits and returns when what runs has ended; an interrupt is kept for later. */
    static void end(ThreadPoolExecutor executor) {
        executor.getQueue().clear();
        executor.shutdown(); // not by an interrupt: what runs may hold a database's lock
        boolean interrupted = false;
        boolean ended = false;
        while (!ended) {
            try {
                ended = executor.awaitTermination(1, TimeUnit.MINUTES);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Waits for the thread's end, unless it is the caller itself; an interrupt is kept for later. */
    static void join(Thread thread) {
        if (thread == Thread.currentThread()) {
            return;
        }
        boolean interrupted = false;
        while (thread.isAlive()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
