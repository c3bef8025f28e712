package dev.cairn.ssh;

import dev.cairn.protocol.model.Digest;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToLongFunction;

/**
 * What was found out at a cost, by the name of what it is about. It has a bound; what was used longest ago goes first. For many
 * threads.
 */
public final class VerdictMemory<T> {
    private final long maxWeight;
    private final ToLongFunction<T> weight;
    private final Map<Digest, T> entries = new LinkedHashMap<>(16, 0.75f, true); // in the order of their use
    private long heldWeight;
    private long added;

    /** @param weight of one verdict, always the same */
    public VerdictMemory(long maxWeight, ToLongFunction<T> weight) {
        this.maxWeight = maxWeight;
        this.weight = weight;
    }

    public synchronized Optional<T> get(Digest name) {
        return Optional.ofNullable(entries.get(name));
    }

    /** Remembers a verdict; where two threads have found it out, the first one's stays. */
    public synchronized void put(Digest name, T verdict) {
        added++;
        if (entries.putIfAbsent(name, verdict) == null) {
            heldWeight += weight.applyAsLong(verdict);
        }
        var oldest = entries.values().iterator();
        while (heldWeight > maxWeight) {
            heldWeight -= weight.applyAsLong(oldest.next());
            oldest.remove();
        }
    }

    /** Of all that is remembered now. */
    public synchronized long heldWeight() {
        return heldWeight;
    }

    /** How often something was found out. */
    public synchronized long added() {
        return added;
    }
}
