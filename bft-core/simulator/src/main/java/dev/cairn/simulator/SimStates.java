package dev.cairn.simulator;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.ExecutionId;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The states of a simulated replica: those that its executions gave, which it gives to others while they are pinned, and
 * those that it takes from others. What is taken and complete is on disk; all else lasts as long as a life.
 */
final class SimStates {
    private static final int SPLITS = 4;

    /** The replica whose states these are. */
    interface Owner {
        ReplicaId id();

        void step(Event event);

        void serve(ReplicaId to, Message answer);

        /** Does the work later, one piece after the other; never, if this life ends before. */
        void beside(Runnable work);
    }

    private final Owner owner;
    private final int chunkBytes;
    private final Map<ExecutionId, LedgerMachine.State> executed = new HashMap<>();
    private final Set<ExecutionId> pinned = new HashSet<>();

    /** Complete and durable, by their anchor. */
    private final Map<Digest, LedgerMachine.State> taken = new HashMap<>();

    private LedgerChunks.@Nullable Incoming incoming;

    SimStates(Owner owner, int chunkBytes) {
        this.owner = owner;
        this.chunkBytes = chunkBytes;
    }

    /** A life begins, and the states of the last one are gone. */
    void begin(LedgerMachine.State head) {
        executed.clear();
        pinned.clear();
        incoming = null;
        executed.put(ExecutionId.HEAD_AT_START, head);
    }

    /** Whatever is in memory goes wrong. */
    void corrupt() {
        executed.replaceAll((_, state) -> state.corrupted());
    }

    // Executions.

    void put(ExecutionId execution, LedgerMachine.State state) {
        executed.put(execution, state);
    }

    LedgerMachine.State of(ExecutionId execution) {
        LedgerMachine.State state = executed.get(execution);
        if (state == null) {
            throw new IllegalStateException(owner.id() + ": the state of " + execution + " was discarded");
        }
        return state;
    }

    void discard(ExecutionId execution) {
        require(!pinned.contains(execution), "discards a pinned state");
        executed.remove(execution);
    }

    // Giving.

    void pin(ExecutionId execution) {
        require(executed.containsKey(execution) && pinned.add(execution), "pins what it may not");
    }

    void unpin(ExecutionId execution) {
        require(pinned.remove(execution), "unpins what is not pinned");
    }

    /** {@code log} has the headers that the offer needs, or nothing is offered. */
    void offer(Effect.ServeSnapshot e, LogFold log) {
        require(pinned.contains(e.execution()), "offers what is not pinned");
        List<Bytes> splits = LedgerChunks.splits(of(e.execution()), SPLITS);
        owner.beside(() -> log.linkFrom(e.anchor(), e.proof())
                .ifPresent(link -> owner.serve(
                        e.to(), new Message.SnapshotOffer(e.anchor(), e.history(), link, e.proof(), splits))));
    }

    void give(Effect.ServeChunk e) {
        require(pinned.contains(e.execution()), "serves what is not pinned");
        LedgerMachine.State state = of(e.execution());
        owner.beside(() -> {
            Bytes content = LedgerChunks.chunk(state, e.from(), e.until(), chunkBytes);
            owner.serve(e.to(), new Message.Chunk(e.anchor(), e.from(), e.until(), content));
        });
    }

    // Taking.

    void take(Effect.BeginSnapshot e) {
        incoming = new LedgerChunks.Incoming(e.anchor());
    }

    void take(Effect.StoreChunk e) {
        LedgerChunks.Incoming into = incoming(e.anchor());
        owner.beside(() ->
                owner.step(new Event.ChunkJudged(e.source(), e.anchor(), e.from(), into.add(e.from(), e.content()))));
    }

    void take(Effect.CompleteSnapshot e) {
        LedgerChunks.Incoming whole = incoming(e.anchor());
        owner.beside(() -> {
            boolean sound = whole.complete();
            whole.state().ifPresent(state -> taken.put(e.anchor(), state));
            owner.step(new Event.SnapshotCompleted(e.anchor(), sound));
        });
    }

    void abandon(Effect.AbandonSnapshot e) {
        incoming(e.anchor()).close();
        incoming = null;
    }

    /** The state after {@code anchor}, if all of it was taken from others. */
    Optional<LedgerMachine.State> taken(Digest anchor) {
        return Optional.ofNullable(taken.get(anchor));
    }

    private LedgerChunks.Incoming incoming(Digest anchor) {
        if (incoming == null || !incoming.header().digest().equals(anchor)) {
            throw new IllegalStateException(owner.id() + " receives no state of " + anchor);
        }
        return incoming;
    }

    private void require(boolean holds, String what) {
        if (!holds) {
            throw new IllegalStateException(owner.id() + " " + what);
        }
    }
}
