package dev.cairn.server.etcd;

import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.LongUnaryOperator;

/**
 * Gathers what clients ask for to keep their leases alive, and carries it in few operations: a lease is renewed once
 * for all that ask meanwhile. A renewal waits for a fortieth of its lease's time at most, and never longer than {@link
 * #MAX_WINDOW_MILLIS}. All that was gathered leaves together, when the wall clock comes to a multiple of such a window,
 * so that what several replicas have gathered is likely to share a block.
 */
public final class KeepAlives {
    static final long MAX_WINDOW_MILLIS = 400;

    /** Each window is half of the next one, so that the longer ones end with shorter ones. */
    private static final long MIN_WINDOW_MILLIS = 50;

    private static final long MILLIS_PER_SECOND = 1000;
    private static final long SHARE_OF_TTL = 40;

    /** Whoever wants to know what became of a renewal. One of the two is told, once. */
    interface Waiter {
        /** {@code ttlSeconds} is 0 if the lease does not live; {@code revision} that of the store when this was so. */
        void renewed(long revision, long ttlSeconds);

        void failed(EtcdError why);
    }

    /** Runs a task later. */
    public interface Timer {
        void after(long millis, Runnable task);
    }

    private final Consumer<Call> gateway;
    private final LongUnaryOperator grantedSeconds;
    private final Timer timer;
    private final LongSupplier wallMillis;
    private final int maxWaiting;
    private Map<Long, List<Waiter>> gathered = new LinkedHashMap<>();
    private long leavesAtMillis = Long.MAX_VALUE;
    private int waiting;

    /**
     * @param gateway carries calls
     * @param grantedSeconds how long a lease lives after each renewal, 0 if there is none; must be quick
     * @param maxWaiting renewals that may be gathered or on their way
     */
    public KeepAlives(
            Consumer<Call> gateway,
            LongUnaryOperator grantedSeconds,
            Timer timer,
            LongSupplier wallMillis,
            int maxWaiting) {
        this.gateway = gateway;
        this.grantedSeconds = grantedSeconds;
        this.timer = timer;
        this.wallMillis = wallMillis;
        this.maxWaiting = maxWaiting;
    }

    /** Never blocks; {@code waiter} is told later, or at once that there are too many. */
    void renew(long lease, Waiter waiter) {
        if (!gather(lease, windowMillis(grantedSeconds.applyAsLong(lease)), waiter)) {
            waiter.failed(EtcdError.TOO_MANY_REQUESTS);
        }
    }

    private static long windowMillis(long seconds) {
        long window = MIN_WINDOW_MILLIS;
        while (window < MAX_WINDOW_MILLIS && 2 * window * SHARE_OF_TTL <= MILLIS_PER_SECOND * seconds) {
            window *= 2;
        }
        return window;
    }

    private synchronized boolean gather(long lease, long windowMillis, Waiter waiter) {
        if (waiting >= maxWaiting) {
            return false;
        }
        waiting++;
        gathered.computeIfAbsent(lease, _ -> new ArrayList<>()).add(waiter);
        long now = wallMillis.getAsLong();
        long until = windowMillis - Math.floorMod(now, windowMillis);
        if (now + until < leavesAtMillis) {
            leavesAtMillis = now + until;
            timer.after(until, this::send);
        }
        return true;
    }

    private void send() {
        List<Renewal> renewals = new ArrayList<>();
        Renewal next = new Renewal();
        for (Map.Entry<Long, List<Waiter>> each : take().entrySet()) {
            next.add(each.getKey(), each.getValue());
            if (next.ids.size() == LeaseOperation.KeepAlive.MAX_IDS) {
                renewals.add(next);
                next = new Renewal();
            }
        }
        if (!next.ids.isEmpty()) {
            renewals.add(next);
        }
        renewals.forEach(gateway);
    }

    private synchronized Map<Long, List<Waiter>> take() {
        Map<Long, List<Waiter>> taken = gathered;
        gathered = new LinkedHashMap<>();
        leavesAtMillis = Long.MAX_VALUE;
        return taken;
    }

    private synchronized void answered(int count) {
        waiting -= count;
    }

    /** Renewals that are gathered or on their way. */
    public synchronized int waiting() {
        return waiting;
    }

    /** The renewals of one operation, on their way through the log. */
    private final class Renewal implements Call {
        private final List<Long> ids = new ArrayList<>();
        private final List<List<Waiter>> waiters = new ArrayList<>();

        void add(long id, List<Waiter> ofId) {
            ids.add(id);
            waiters.add(ofId);
        }

        @Override
        public LeaseOperation.KeepAlive operation() {
            return new LeaseOperation.KeepAlive(ids);
        }

        @Override
        public int sizeBytes() {
            return OperationSize.of(operation());
        }

        @Override
        public boolean isAbandoned() {
            return false;
        }

        @Override
        public void completed(Outcome outcome) {
            if (outcome instanceof LeaseOutcome.KeptAlive(long revision, List<Long> seconds)) {
                settle();
                for (int i = 0; i < ids.size(); i++) {
                    long ttl = seconds.get(i);
                    waiters.get(i).forEach(waiter -> waiter.renewed(revision, ttl));
                }
            } else if (outcome instanceof Outcome.Failed failed) {
                fail(EtcdError.of(failed.error()));
            } else {
                throw new AssertionError("an outcome of another kind: " + outcome);
            }
        }

        @Override
        public void refused(Refusal why) {
            fail(EtcdError.of(why));
        }

        private void fail(EtcdError why) {
            settle();
            waiters.forEach(ofId -> ofId.forEach(waiter -> waiter.failed(why)));
        }

        private void settle() {
            answered(waiters.stream().mapToInt(List::size).sum());
        }
    }
}
