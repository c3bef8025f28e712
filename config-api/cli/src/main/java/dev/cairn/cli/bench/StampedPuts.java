package dev.cairn.cli.bench;

import io.grpc.Channel;
import io.grpc.stub.StreamObserver;
import java.util.BitSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Puts of stamped values; remembers which of them were acknowledged. */
final class StampedPuts implements Operations {
    private static final int ATTEMPTS_TO_END = 5;

    private final KeySpace keys;
    private final long phase;
    private final BenchClock clock;
    private final long timeoutNanos;
    private final BitSet acknowledged = new BitSet();

    StampedPuts(KeySpace keys, long phase, BenchClock clock, long timeoutNanos) {
        this.keys = keys;
        this.phase = phase;
        this.clock = clock;
        this.timeoutNanos = timeoutNanos;
    }

    @Override
    public Kind kindOf(long index) {
        return Kind.PUT;
    }

    @Override
    public void start(long index, Channel connection, StreamObserver<Object> outcome) {
        put(index, index, connection, new Acknowledging(Math.toIntExact(index), outcome));
    }

    long phase() {
        return phase;
    }

    /** Writes the stamp that says that the phase is over; false when no attempt succeeded. */
    boolean writeEnd(List<? extends Channel> connections) throws InterruptedException {
        for (int attempt = 0; attempt < ATTEMPTS_TO_END; attempt++) {
            SingleOutcome outcome = new SingleOutcome();
            put(Stamp.END, 0, connections.get(attempt % connections.size()), outcome);
            if (outcome.succeededWithin(2 * timeoutNanos)) {
                return true;
            }
        }
        return false;
    }

    private void put(long index, long keyIndex, Channel connection, StreamObserver<Object> outcome) {
        Stamp stamp = new Stamp(phase, index, clock.nanoTime());
        KvOperations.put(connection, keys.keyOf(keyIndex), stamp.ahead(keys.valueOf(index)), timeoutNanos, outcome);
    }

    BitSet acknowledged() {
        synchronized (acknowledged) {
            return (BitSet) acknowledged.clone();
        }
    }

    private final class Acknowledging implements StreamObserver<Object> {
        private final int index;
        private final StreamObserver<Object> outcome;

        Acknowledging(int index, StreamObserver<Object> outcome) {
            this.index = index;
            this.outcome = outcome;
        }

        @Override
        public void onNext(Object answer) {}

        @Override
        public void onError(Throwable failure) {
            outcome.onError(failure);
        }

        @Override
        public void onCompleted() {
            synchronized (acknowledged) {
                acknowledged.set(index);
            }
            outcome.onCompleted();
        }
    }

    private static final class SingleOutcome implements StreamObserver<Object> {
        private final CountDownLatch ended = new CountDownLatch(1);
        private volatile boolean succeeded;

        boolean succeededWithin(long nanos) throws InterruptedException {
            return ended.await(nanos, TimeUnit.NANOSECONDS) && succeeded;
        }

        @Override
        public void onNext(Object answer) {}

        @Override
        public void onError(Throwable failure) {
            ended.countDown();
        }

        @Override
        public void onCompleted() {
            succeeded = true;
            ended.countDown();
        }
    }
}
