package dev.cairn.chaos.history;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** What a client asks for. No two operations of a history write the same value. */
public sealed interface Operation {
    record Put(String key, String value) implements Operation {}

    record Delete(String key) implements Operation {}

    /** A linearizable read of one key. */
    record Get(String key) implements Operation {}

    /** A linearizable read of all keys that begin with {@code prefix}. */
    record Range(String prefix) implements Operation {}

    /** Puts everything if every guard holds, else nothing. */
    record Txn(List<Guard> guards, SortedMap<String, String> puts) implements Operation {
        public Txn {
            guards = List.copyOf(guards);
            puts = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(puts));
            if (puts.isEmpty()) {
                throw new IllegalArgumentException("a transaction puts something");
            }
        }
    }

    /** The key has this value; or, without one, the key does not exist. */
    record Guard(String key, Optional<String> value) {}

    /** The values that it writes, by key, if it comes to that. */
    default Map<String, String> writes() {
        return switch (this) {
            case Put(String key, String value) -> Map.of(key, value);
            case Txn(List<Guard> _, SortedMap<String, String> puts) -> puts;
            case Delete _, Get _, Range _ -> Map.of();
        };
    }
}
