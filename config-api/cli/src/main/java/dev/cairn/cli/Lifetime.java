package dev.cairn.cli;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;

/**
 * How long a command runs that serves until it is told to stop: by a signal, or by whoever started it. Closed last of all, it
 * lets a process that was told by a signal end.
 */
final class Lifetime implements AutoCloseable {
    private final CountDownLatch end = new CountDownLatch(1);
    private final CountDownLatch closed = new CountDownLatch(1);

    /** A signal ends it; the process then lives on until {@link #close}. */
    void endWithProcess() {
        Runtime.getRuntime().addShutdownHook(new Thread(this::endAndWait, "stop"));
    }

    /** The end of standard input ends it. */
    void endWithInput() {
        Thread.ofPlatform().daemon().name("stdin").start(this::endAtEndOfInput);
    }

    void end() {
        end.countDown();
    }

    void awaitEnd() throws InterruptedException {
        end.await();
    }

    private void endAndWait() {
        end();
        try {
            closed.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void endAtEndOfInput() {
        try {
            while (System.in.read() >= 0) {
                // whatever is typed means nothing
            }
        } catch (IOException e) {
            // as good as its end
        }
        end();
    }

    @Override
    public void close() {
        closed.countDown();
    }
}
