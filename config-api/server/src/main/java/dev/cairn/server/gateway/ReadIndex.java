package dev.cairn.server.gateway;

import dev.cairn.server.Consensus;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes reads linearizable, many at a time: a read joins only a round that starts after it arrived; one round is under
 * way, and all reads that come meanwhile share the next.
 */
public final class ReadIndex {
    /** What waits for its round. */
    public interface Read {
        /** The committed state may be read now. */
        void proceed();

        void refuse(Refusal why);
    }

    private record Waiting(Read read, long sinceNanos) {}

    private record Round(long id, List<Waiting> reads) {}

    private final Consensus consensus;
    private final Executor readers;
    private final LongSupplier nanoTime;
    private final int maxWaiting;
    private final long patienceNanos;

    private List<Waiting> next = new ArrayList<>();
    private @Nullable Round underWay;
    private long rounds;
    private boolean stopped;

    /**
     * @param readers runs a round's reads as one task; never this replica's event loop
     * @param maxWaiting reads that may wait for the next round
     */
    public ReadIndex(Consensus consensus, Executor readers, LongSupplier nanoTime, int maxWaiting, long patienceNanos) {
        this.consensus = consensus;
        this.readers = readers;
        this.nanoTime = nanoTime;
        this.maxWaiting = maxWaiting;
        this.patienceNanos = patienceNanos;
    }

    /** Lets {@code read} proceed at a linearizable point after now. */
    public void await(Read read) {
        @Nullable Refusal refusal = null;
        @Nullable Round begun = null;
        synchronized (this) {
            if (stopped) {
                refusal = Refusal.STOPPED;
            } else if (next.size() >= maxWaiting) {
                refusal = Refusal.TOO_MANY_REQUESTS;
            } else {
                next.add(new Waiting(read, nanoTime.getAsLong()));
                if (underWay == null) {
                    begun = begin();
                }
            }
        }
        if (refusal != null) {
            read.refuse(refusal);
        } else if (begun != null) {
            ask(begun);
        }
    }

    private void ask(Round round) {
        if (!consensus.readIndex(round.id(), Optional.empty())) {
            Round dropped = end(round.id());
            if (dropped != null) {
                dropped.reads().forEach(waiting -> waiting.read().refuse(Refusal.TOO_MANY_REQUESTS));
            }
        }
    }

    private synchronized @Nullable Round end(long id) {
        Round ended = underWay;
        if (ended == null || ended.id() != id) {
            return null;
        }
        underWay = null;
        return ended;
    }

    private Round begin() {
        Round round = new Round(++rounds, next);
        underWay = round;
        next = new ArrayList<>();
        return round;
    }

    /** Round {@code id} has its linearizable point. Called on the event loop; never blocks. */
    public void ready(long id) {
        Round done = end(id);
        if (done == null) {
            return;
        }
        beginNext();
        if (!done.reads().isEmpty()) {
            readers.execute(() -> done.reads().forEach(waiting -> waiting.read().proceed()));
        }
    }

    private void beginNext() {
        @Nullable Round begun;
        synchronized (this) {
            begun = next.isEmpty() || underWay != null ? null : begin();
        }
        if (begun != null) {
            ask(begun);
        }
    }

    /** Refuses what has waited too long; called now and then. */
    public void expire() {
        long oldest = nanoTime.getAsLong() - patienceNanos;
        refuse(Refusal.TIMED_OUT, oldest);
        beginNext();
    }

    /** Refuses what waits now. */
    public void refuseWaiting(Refusal why) {
        refuse(why, nanoTime.getAsLong());
    }

    /** Refuses everything, now and from now on. */
    public void stop() {
        synchronized (this) {
            stopped = true;
        }
        refuse(Refusal.STOPPED, nanoTime.getAsLong());
    }

    private void refuse(Refusal why, long sinceAtMost) {
        List<Waiting> refused = new ArrayList<>();
        synchronized (this) {
            next = keep(next, sinceAtMost, refused);
            if (underWay != null) {
                underWay = new Round(underWay.id(), keep(underWay.reads(), sinceAtMost, refused));
            }
        }
        refused.forEach(waiting -> waiting.read().refuse(why));
    }

    /** Reads stand in the order of their arrival. */
    private static List<Waiting> keep(List<Waiting> reads, long sinceAtMost, List<Waiting> refused) {
        int late = 0;
        while (late < reads.size() && reads.get(late).sinceNanos() - sinceAtMost <= 0) {
            late++;
        }
        if (late == 0) {
            return reads;
        }
        refused.addAll(reads.subList(0, late));
        return new ArrayList<>(reads.subList(late, reads.size()));
    }

    public synchronized int waiting() {
        return next.size() + (underWay == null ? 0 : underWay.reads().size());
    }
}
