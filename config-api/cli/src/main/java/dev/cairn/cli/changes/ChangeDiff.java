package dev.cairn.cli.changes;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.ChangeOperation;
import dev.cairn.kv.change.ChangeValues;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Hashing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * What a change would do to the store as it stood at a revision.
 *
 * @param revision of the state that it is compared with
 * @param keys that it writes, in their order; also those that become what they are
 * @param ranges that it deletes, whatever is in them
 * @param conflicts preconditions that do not hold there: it would not be executed
 */
record ChangeDiff(long revision, List<Key> keys, List<Range> ranges, List<Conflict> conflicts) {
    /**
     * One key.
     *
     * @param before as it is now, if it is there
     * @param after its value then, if it is there
     */
    record Key(Bytes key, Optional<KeyValue> before, Optional<Bytes> after) {
        boolean isUnchanged() {
            return before.map(KeyValue::value).equals(after);
        }
    }

    /** @param count how many keys are in it now; they are among the diff's keys */
    record Range(Bytes from, Bytes until, int count) {}

    /** @param found the key as it is, if it is there */
    record Conflict(Precondition expected, Optional<KeyValue> found) {}

    ChangeDiff {
        keys = List.copyOf(keys);
        ranges = List.copyOf(ranges);
        conflicts = List.copyOf(conflicts);
    }

    static ChangeDiff of(Change change, ChangeValues values, Snapshot now) throws NotVerifiedException {
        Asked asked = new Asked(now);
        List<Key> keys = new ArrayList<>();
        List<Range> ranges = new ArrayList<>();
        for (ChangeOperation operation : change.operations()) {
            switch (operation) {
                case ChangeOperation.Put put ->
                    keys.add(new Key(
                            put.key(),
                            asked.get(put.key()),
                            Optional.ofNullable(values.byKey().get(put.key()))));
                case ChangeOperation.Delete(Bytes key) -> keys.add(new Key(key, asked.get(key), Optional.empty()));
                case ChangeOperation.DeleteRange range -> {
                    List<KeyValue> there = now.list(range.span());
                    there.forEach(record -> keys.add(new Key(record.key(), Optional.of(record), Optional.empty())));
                    ranges.add(new Range(range.from(), range.until(), there.size()));
                }
            }
        }
        return new ChangeDiff(now.revision(), keys, ranges, conflicts(change, asked));
    }

    /**
     * What a draft that names each key would do.
     *
     * @param there what is there at that revision of the keys that are named
     */
    static ChangeDiff of(List<Intent> intents, List<KeyValue> there, long revision) {
        Map<Bytes, KeyValue> before = new HashMap<>();
        there.forEach(record -> before.put(record.key(), record));
        List<Key> keys = new ArrayList<>();
        for (Intent intent : intents) {
            switch (intent) {
                case Intent.Put(Bytes key, Bytes value) ->
                    keys.add(new Key(key, Optional.ofNullable(before.get(key)), Optional.of(value)));
                case Intent.Delete(Bytes key) ->
                    keys.add(new Key(key, Optional.ofNullable(before.get(key)), Optional.empty()));
                case Intent.DeleteRange range ->
                    throw new IllegalArgumentException("names no key: " + range.operation());
            }
        }
        return new ChangeDiff(revision, keys, List.of(), List.of());
    }

    private static List<Conflict> conflicts(Change change, Asked now) throws NotVerifiedException {
        List<Conflict> conflicts = new ArrayList<>();
        for (Precondition expected : change.preconditions()) {
            Optional<KeyValue> found = now.get(expected.key());
            if (!holds(expected, found)) {
                conflicts.add(new Conflict(expected, found));
            }
        }
        return conflicts;
    }

    /** Most keys are asked for twice: as they are written, and as they are expected. */
    private static final class Asked {
        private final Snapshot now;
        private final Map<Bytes, Optional<KeyValue>> found = new HashMap<>();

        Asked(Snapshot now) {
            this.now = now;
        }

        Optional<KeyValue> get(Bytes key) throws NotVerifiedException {
            if (!found.containsKey(key)) {
                found.put(key, now.get(key));
            }
            return Objects.requireNonNull(found.get(key));
        }
    }

    private static boolean holds(Precondition expected, Optional<KeyValue> found) {
        return switch (expected) {
            case Precondition.Absent _ -> found.isEmpty();
            case Precondition.LastWrittenAt at ->
                found.filter(record -> record.modRevision() == at.revision()).isPresent();
            case Precondition.HasValue value ->
                found.filter(record -> Hashing.sha256(record.value().shared()).equals(value.valueDigest()))
                        .isPresent();
        };
    }
}
