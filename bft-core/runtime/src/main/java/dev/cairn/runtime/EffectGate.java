package dev.cairn.runtime;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.LogRecord;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Keeps the effect rule: an outward effect is performed only after every Persist before it is durable, and outward
 * effects keep their order. Records are handed to storage in batches; each batch has a ticket, the last of which is the
 * greatest. Confined to the event loop.
 */
final class EffectGate {

    /** Where records go; answers with {@link #durable}. */
    interface Storage {
        void append(List<LogRecord> records, long ticket);
    }

    private record Held(Effect.Outward effect, long ticket) {}

    private final Storage storage;
    private final Consumer<Effect.Outward> performer;
    private final ArrayDeque<Held> held = new ArrayDeque<>();
    private List<LogRecord> batch = new ArrayList<>();
    private long submittedTicket;
    private long durableTicket;

    EffectGate(Storage storage, Consumer<Effect.Outward> performer) {
        this.storage = storage;
        this.performer = performer;
    }

    void persist(LogRecord entry) {
        batch.add(entry);
    }

    /** Performs the effect now if nothing before it waits for the disk, else when it no longer does. */
    void outward(Effect.Outward effect) {
        long needed = batch.isEmpty() ? submittedTicket : submittedTicket + 1;
        if (needed <= durableTicket) {
            performer.accept(effect);
        } else {
            held.add(new Held(effect, needed));
        }
    }

    /** Gives the records gathered since the last call to storage. */
    void flush() {
        if (!batch.isEmpty()) {
            List<LogRecord> full = batch;
            batch = new ArrayList<>();
            storage.append(full, ++submittedTicket);
        }
    }

    /** All batches up to {@code ticket} are durable. */
    void durable(long ticket) {
        durableTicket = Math.max(durableTicket, ticket);
        while (!held.isEmpty() && held.getFirst().ticket() <= durableTicket) {
            performer.accept(held.removeFirst().effect());
        }
    }

    /** Outward effects that wait for the disk. */
    int held() {
        return held.size();
    }
}
