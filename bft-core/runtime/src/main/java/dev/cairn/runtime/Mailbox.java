package dev.cairn.runtime;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Many threads put in, one takes everything out at once. The whole content changes hands under one short lock, so the
 * cost of an exchange does not depend on how much waits. Its bounds are kept by those who put in.
 */
final class Mailbox<E> {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition filled = lock.newCondition();
    private ArrayDeque<E> waiting = new ArrayDeque<>();
    private boolean awaited;

    void put(E element) {
        lock.lock();
        try {
            waiting.add(element);
            if (awaited) {
                filled.signal();
            }
        } finally {
            lock.unlock();
        }
    }

    /**
     * All elements in the order of their coming; waits for the first one at most {@code nanos}. {@code empty} is an empty
     * queue that takes the place of the one returned.
     */
    ArrayDeque<E> takeAll(ArrayDeque<E> empty, long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (waiting.isEmpty() && left > 0) {
                awaited = true;
                left = filled.awaitNanos(left);
            }
            awaited = false;
            ArrayDeque<E> taken = waiting;
            waiting = empty;
            return taken;
        } finally {
            lock.unlock();
        }
    }

    int size() {
        lock.lock();
        try {
            return waiting.size();
        } finally {
            lock.unlock();
        }
    }
}
