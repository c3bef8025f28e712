package dev.cairn.cli.bench;

import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** The time a run is measured by, and the alarm that paces it; tests put their own in place. */
interface BenchClock {
    long nanoTime();

    /** Runs the task once, after at least the delay, on a thread of the clock. */
    void schedule(long delayNanos, Runnable task);

    /** The machine's monotonic clock and one daemon thread for alarms; close it after the last run. */
    static SystemClock system() {
        return new SystemClock();
    }

    /** See {@link BenchClock#system()}. */
    final class SystemClock implements BenchClock, AutoCloseable {
        private final ScheduledThreadPoolExecutor alarms;

        private SystemClock() {
            alarms = new ScheduledThreadPoolExecutor(
                    1, Thread.ofPlatform().name("bench-alarm").daemon().factory());
        }

        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void schedule(long delayNanos, Runnable task) {
            ScheduledFuture<?> _ = alarms.schedule(() -> runLoudly(task), delayNanos, TimeUnit.NANOSECONDS);
        }

        /** An executor keeps what a task throws in a future that nobody reads here. */
        private static void runLoudly(Runnable task) {
            try {
                task.run();
            } catch (RuntimeException e) {
                Thread thread = Thread.currentThread();
                thread.getUncaughtExceptionHandler().uncaughtException(thread, e);
            }
        }

        @Override
        public void close() {
            alarms.shutdownNow();
        }
    }
}
