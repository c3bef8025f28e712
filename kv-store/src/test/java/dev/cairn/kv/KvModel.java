package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** etcd's store as plainly as it can be written: every version of everything in one list per key. */
final class KvModel {
    record Version(long create, long mod, long version, Optional<Bytes> value) {}

    private NavigableMap<Bytes, List<Version>> keys = new TreeMap<>();
    long revision = 1;
    long compacted = -1;

    List<String> range(KeySpan span, long at) {
        List<String> found = new ArrayList<>();
        keys.forEach((key, versions) -> {
            if (span.contains(key)) {
                versions.stream()
                        .filter(v -> v.mod() <= at)
                        .reduce((_, last) -> last)
                        .flatMap(v -> v.value().map(value -> show(key, v, value)))
                        .ifPresent(found::add);
            }
        });
        return found;
    }

    static String show(Bytes key, Version v, Bytes value) {
        return key.toHex() + "=" + value.toHex() + " c" + v.create() + " m" + v.mod() + " v" + v.version();
    }

    Optional<Version> live(Bytes key) {
        List<Version> versions = keys.getOrDefault(key, List.of());
        return versions.isEmpty()
                ? Optional.empty()
                : Optional.of(versions.getLast()).filter(v -> v.value().isPresent());
    }

    void put(Bytes key, Bytes value, long rev) {
        Optional<Version> before = live(key);
        keys.computeIfAbsent(key, _ -> new ArrayList<>())
                .add(new Version(
                        before.map(Version::create).orElse(rev),
                        rev,
                        before.map(Version::version).orElse(0L) + 1,
                        Optional.of(value)));
    }

    int delete(KeySpan span, long rev) {
        int deleted = 0;
        for (Bytes key : List.copyOf(keys.keySet())) {
            if (span.contains(key) && live(key).isPresent()) {
                keys.computeIfAbsent(key, _ -> new ArrayList<>()).add(new Version(0, rev, 0, Optional.empty()));
                deleted++;
            }
        }
        return deleted;
    }
}
