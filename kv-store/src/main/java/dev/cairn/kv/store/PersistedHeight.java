package dev.cairn.kv.store;

import dev.cairn.protocol.model.Height;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;

/** The height of the state on disk, for those who read it and for those who wait for one. */
public final class PersistedHeight {
    private static final long PATIENCE_SECONDS = 30;

    private final Lock lock = new ReentrantLock();
    private final Condition risen = lock.newCondition();
    private volatile Height height;

    public PersistedHeight(Height height) {
        this.height = height;
    }

    public Height get() {
        return height;
    }

    public void set(Height next) {
        lock.lock();
        try {
            height = next;
            risen.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits until the state of a committed block is on disk, which is a matter of moments; false if it is not. */
    public boolean await(Height wanted) {
        lock.lock();
        try {
            long nanosLeft = TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
            while (wanted.isAbove(height)) {
                if (nanosLeft <= 0) {
                    return false;
                }
                nanosLeft = risen.awaitNanos(nanosLeft);
            }
            return true;
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }
}
