package dev.cairn.cli.bench;

import dev.cairn.cli.bench.Operations.Kind;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * One operation in flight after the other.
 *
 * <p>After a failure it waits a moment and goes on through the next connection, as a client with several endpoints does; so
 * a dead endpoint costs each client a few operations and no more.
 */
final class LoadClient {
    private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
    private static final int MOST_DOUBLINGS = 4;

    private final LoadRun run;
    private final BenchClock clock;
    private final AtomicInteger turns = new AtomicInteger();
    private int connection;
    private int failuresInARow;

    LoadClient(LoadRun run, BenchClock clock, int number) {
        this.run = run;
        this.clock = clock;
        this.connection = number;
    }

    /**
     * Takes the next operation's turn. An operation that ends before its start has returned comes back here from inside
     * itself: then the loop below takes the turn, and the stack stays flat.
     */
    void advance() {
        if (turns.getAndIncrement() > 0) {
            return;
        }
        do {
            takeTurn();
        } while (turns.decrementAndGet() > 0);
    }

    private void takeTurn() {
        long index = run.claim();
        if (index == LoadRun.NONE_LEFT) {
            run.clientIsDone();
            return;
        }
        long dueNanos = run.dueNanos(index);
        long aheadNanos = dueNanos - clock.nanoTime();
        if (aheadNanos > 0) {
            clock.schedule(aheadNanos, () -> start(index, dueNanos));
        } else {
            start(index, dueNanos);
        }
    }

    private void start(long index, long dueNanos) {
        Kind kind = run.operations.kindOf(index);
        run.started(kind);
        run.operations.start(index, run.connection(connection), new Outcome(kind, dueNanos));
    }

    private final class Outcome implements StreamObserver<Object> {
        private final Kind kind;
        private final long dueNanos;

        Outcome(Kind kind, long dueNanos) {
            this.kind = kind;
            this.dueNanos = dueNanos;
        }

        @Override
        public void onNext(Object answer) {}

        @Override
        public void onCompleted() {
            failuresInARow = 0;
            run.succeeded(kind, dueNanos);
            advance();
        }

        @Override
        public void onError(Throwable failure) {
            run.failed(failure);
            connection++;
            long pauseNanos = FIRST_PAUSE_NANOS << Math.min(failuresInARow, MOST_DOUBLINGS);
            failuresInARow++;
            clock.schedule(pauseNanos, LoadClient.this::advance);
        }
    }
}
