package dev.cairn.kv.governed;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** Clients' keys as they are now. */
final class Keys {
    private final SortedMap<Bytes, Entry> entries = new TreeMap<>();
    long revision = 1;
    long compacted = -1;

    Optional<Entry> get(Bytes key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** In the revision that has begun. */
    void put(Bytes key, Bytes value) {
        Optional<Entry> before = get(key);
        entries.put(
                key,
                new Entry(
                        value,
                        before.map(Entry::created).orElse(revision),
                        revision,
                        before.map(Entry::version).orElse(0L) + 1));
    }

    /** In the revision that has begun. */
    void delete(KeySpan span) {
        entries.keySet().removeIf(span::contains);
    }

    int count(KeySpan span) {
        return (int) entries.keySet().stream().filter(span::contains).count();
    }

    List<Bytes> all() {
        return List.copyOf(entries.keySet());
    }

    SortedMap<Bytes, String> shown() {
        SortedMap<Bytes, String> all = new TreeMap<>();
        entries.forEach((key, entry) ->
                all.put(key, Shown.entry(entry.value(), entry.created(), entry.modified(), entry.version())));
        return all;
    }
}
