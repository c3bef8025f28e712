package dev.cairn.runtime;

/** Ends of threads. */
final class Threads {
    private Threads() {}

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
