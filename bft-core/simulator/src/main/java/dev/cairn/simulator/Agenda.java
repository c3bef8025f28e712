package dev.cairn.simulator;

import java.util.PriorityQueue;

/** What will happen, and a clock that jumps from one event to the next. Events of one moment keep their planned order. */
final class Agenda {
    private record Entry(long atMicros, long order, Runnable action) implements Comparable<Entry> {
        @Override
        public int compareTo(Entry other) {
            int byTime = Long.compare(atMicros, other.atMicros);
            return byTime != 0 ? byTime : Long.compare(order, other.order);
        }
    }

    private final PriorityQueue<Entry> entries = new PriorityQueue<>();
    private long nowMicros;
    private long order;

    long nowMicros() {
        return nowMicros;
    }

    void at(long micros, Runnable action) {
        entries.add(new Entry(Math.max(micros, nowMicros), order++, action));
    }

    void after(long delayMicros, Runnable action) {
        at(nowMicros + delayMicros, action);
    }

    /** Makes the next event happen, unless it lies beyond {@code endMicros}; then the clock goes there. */
    boolean runNext(long endMicros) {
        Entry next = entries.peek();
        if (next == null || next.atMicros() > endMicros) {
            nowMicros = Math.max(nowMicros, endMicros);
            return false;
        }
        entries.remove();
        nowMicros = next.atMicros();
        next.action().run();
        return true;
    }
}
