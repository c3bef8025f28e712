package dev.cairn.server.proven;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.server.Consensus;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Has a quorum testify, for callers that trust nobody, what is the newest head. Each caller's challenge goes to the
 * replica, which lets many share a round. At most {@value #MAX_WAITING} wait; each is told once, with nothing if no
 * testimony came in time.
 */
public final class Testimonies {
    static final int MAX_WAITING = 1024;

    private record Waiting(Consumer<Optional<Testimony>> caller, long sinceNanos) {}

    private final Consensus consensus;
    private final Executor answering;
    private final LongSupplier nanoTime;
    private final long patienceNanos;
    private final Map<Long, Waiting> waiting = new HashMap<>();

    /** Below zero, where {@code ReadIndex} has none. */
    private long lastId;

    /** @param answering tells the callers; never this replica's event loop */
    public Testimonies(Consensus consensus, Executor answering, LongSupplier nanoTime, long patienceNanos) {
        this.consensus = consensus;
        this.answering = answering;
        this.nanoTime = nanoTime;
        this.patienceNanos = patienceNanos;
    }

    /** False if too many wait; then {@code caller} is not told. */
    boolean ask(Digest challenge, Consumer<Optional<Testimony>> caller) {
        long id;
        synchronized (this) {
            if (waiting.size() >= MAX_WAITING) {
                return false;
            }
            id = --lastId;
            waiting.put(id, new Waiting(caller, nanoTime.getAsLong()));
        }
        return consensus.readIndex(id, Optional.of(challenge)) || take(id) == null;
    }

    /** Whether {@link #ready} is to be told of this read. */
    public static boolean isOurs(long readId) {
        return readId < 0;
    }

    /** Called on the event loop; never blocks. */
    public void ready(long readId, Optional<Testimony> testimony) {
        Waiting asked = take(readId);
        if (asked != null) {
            answering.execute(() -> asked.caller().accept(testimony));
        }
    }

    private synchronized @Nullable Waiting take(long readId) {
        return waiting.remove(readId);
    }

    /** Gives up on what has taken too long; called now and then. */
    public void expire() {
        giveUp(nanoTime.getAsLong() - patienceNanos);
    }

    /** Gives up on all that waits now. */
    public void giveUp() {
        giveUp(nanoTime.getAsLong());
    }

    private void giveUp(long sinceAtMost) {
        Map<Long, Waiting> late = new HashMap<>();
        synchronized (this) {
            waiting.forEach((id, asked) -> {
                if (asked.sinceNanos() - sinceAtMost <= 0) {
                    late.put(id, asked);
                }
            });
            waiting.keySet().removeAll(late.keySet());
        }
        late.values().forEach(asked -> answering.execute(() -> asked.caller().accept(Optional.empty())));
    }

    public synchronized int waiting() {
        return waiting.size();
    }
}
