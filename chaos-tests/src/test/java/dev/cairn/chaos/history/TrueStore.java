package dev.cairn.chaos.history;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A plain store that does one operation after the other and tells the truth. */
final class TrueStore {
    private final TreeMap<String, Entry> entries = new TreeMap<>();
    private final List<Change> log = new ArrayList<>();
    private long revision = 1;

    /** Executes, and answers as if to a client to whom it returns at {@code returnedNanos}. */
    Outcome.Answered execute(Operation operation, long returnedNanos) {
        Outcome.Answer answer = switch (operation) {
            case Operation.Put put -> {
                Optional<Entry> previous = Optional.ofNullable(entries.get(put.key()));
                write(Map.of(put.key(), put.value()));
                yield new Outcome.PutDone(previous);
            }
            case Operation.Delete delete -> new Outcome.DeleteDone(delete(delete.key()));
            case Operation.Get get -> {
                TreeMap<String, Entry> found = new TreeMap<>(entries);
                found.keySet().removeIf(key -> !key.equals(get.key()));
                yield new Outcome.Found(found);
            }
            case Operation.Range range -> {
                TreeMap<String, Entry> found = new TreeMap<>(entries);
                found.keySet().removeIf(key -> !key.startsWith(range.prefix()));
                yield new Outcome.Found(found);
            }
            case Operation.Txn txn -> {
                boolean holds = txn.guards().stream().allMatch(this::holds);
                if (holds) {
                    write(txn.puts());
                }
                yield new Outcome.TxnDone(holds);
            }
        };
        return new Outcome.Answered(returnedNanos, revision, answer);
    }

    private boolean holds(Operation.Guard guard) {
        return Optional.ofNullable(entries.get(guard.key())).map(Entry::value).equals(guard.value());
    }

    private void write(Map<String, String> values) {
        revision++;
        new TreeMap<>(values).forEach((key, value) -> {
            Optional<Entry> previous = Optional.ofNullable(entries.get(key));
            Entry now = new Entry(
                    value,
                    previous.map(Entry::createRevision).orElse(revision),
                    revision,
                    previous.map(Entry::version).orElse(0L) + 1);
            entries.put(key, now);
            log.add(new Change(revision, key, Optional.of(now), previous));
        });
    }

    private Optional<Entry> delete(String key) {
        Optional<Entry> previous = Optional.ofNullable(entries.remove(key));
        if (previous.isPresent()) {
            log.add(new Change(++revision, key, Optional.empty(), previous));
        }
        return previous;
    }

    long revision() {
        return revision;
    }

    Optional<Entry> entry(String key) {
        return Optional.ofNullable(entries.get(key));
    }

    /** What a watcher of the prefix from this revision on has been told by now. */
    WatchStream watched(String prefix, long fromRevision) {
        return new WatchStream(
                "watcher",
                prefix,
                fromRevision,
                revision,
                log.stream()
                        .filter(change -> change.key().startsWith(prefix) && change.revision() >= fromRevision)
                        .toList());
    }
}
