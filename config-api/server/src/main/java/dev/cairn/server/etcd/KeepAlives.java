package dev.cairn.server.etcd;

import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.Refusal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Gathers what clients ask for to keep their leases alive, and carries it in few operations: a lease is renewed once for all that ask
 * meanwhile. They leave when the wall clock comes to a multiple of {@link #WINDOW_MILLIS}, so that what several replicas have gathered
 * is likely to share a block. The shortest lease there is lives for twenty times that.
 */
public final class KeepAlives {
    public static final long WINDOW_MILLIS = 100;

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

    private final Gateway gateway;
    private final Timer timer;
    private final LongSupplier wallMillis;
    private final int maxWaiting;
    private Map<Long, List<Waiter>> gathered = new LinkedHashMap<>();
    private int waiting;

    /** @param maxWaiting renewals that may be gathered or on their way */
    public KeepAlives(Gateway gateway, Timer timer, LongSupplier wallMillis, int maxWaiting) {
        this.gateway = gateway;
        this.timer = timer;
        this.wallMillis = wallMillis;
        this.maxWaiting = maxWaiting;
    }

    /** Never blocks; {@code waiter} is told later, or at once that there are too many. */
    void renew(long lease, Waiter waiter) {
        if (!gather(lease, waiter)) {
            waiter.failed(EtcdError.TOO_MANY_REQUESTS);
        }
    }

    private synchronized boolean gather(long lease, Waiter waiter) {
        if (waiting >= maxWaiting) {
            return false;
        }
        if (gathered.isEmpty()) {
            timer.after(WINDOW_MILLIS - Math.floorMod(wallMillis.getAsLong(), WINDOW_MILLIS), this::send);
        }
        waiting++;
        gathered.computeIfAbsent(lease, _ -> new ArrayList<>()).add(waiter);
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
        renewals.forEach(gateway::submit);
    }

    private synchronized Map<Long, List<Waiter>> take() {
        Map<Long, List<Waiter>> taken = gathered;
        gathered = new LinkedHashMap<>();
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
