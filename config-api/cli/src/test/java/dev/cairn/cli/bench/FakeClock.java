package dev.cairn.cli.bench;

import java.util.Comparator;
import java.util.PriorityQueue;

/** Time that passes when a test says so, or when nothing is left to do but to wait for an alarm. */
final class FakeClock implements BenchClock {
    private record Alarm(long atNanos, long order, Runnable task) {}

    private final PriorityQueue<Alarm> alarms =
            new PriorityQueue<>(Comparator.comparingLong(Alarm::atNanos).thenComparingLong(Alarm::order));
    private long nowNanos = 1_000;
    private long alarmsSet;

    @Override
    public long nanoTime() {
        return nowNanos;
    }

    @Override
    public void schedule(long delayNanos, Runnable task) {
        alarms.add(new Alarm(nowNanos + delayNanos, alarmsSet++, task));
    }

    void passNanos(long nanos) {
        nowNanos += nanos;
    }

    /** Lets time pass from alarm to alarm until none is left. */
    void runOut() {
        for (Alarm next = alarms.poll(); next != null; next = alarms.poll()) {
            nowNanos = Math.max(nowNanos, next.atNanos());
            next.task().run();
        }
    }
}
