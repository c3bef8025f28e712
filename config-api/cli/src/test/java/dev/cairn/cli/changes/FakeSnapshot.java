package dev.cairn.cli.changes;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory, of clients' keys alone. */
final class FakeSnapshot implements Snapshot {
    private final TreeMap<Bytes, KeyValue> records = new TreeMap<>();
    private long revision = 1;

    FakeSnapshot put(String key, String value) {
        revision++;
        Bytes name = Bytes.utf8(key);
        records.put(name, new KeyValue(name, revision, revision, 1, 0, Bytes.utf8(value)));
        return this;
    }

    @Override
    public long revision() {
        return revision;
    }

    @Override
    public Optional<KeyValue> get(Bytes key) {
        return Optional.ofNullable(records.get(key));
    }

    @Override
    public Optional<KeyValue> first(KeySpan span) {
        return list(span).stream().findFirst();
    }

    @Override
    public List<KeyValue> list(KeySpan span) {
        return records.values().stream()
                .filter(record -> span.contains(record.key()))
                .toList();
    }

    @Override
    public Optional<KeyValue> getRecord(Bytes key) {
        return Optional.empty();
    }

    @Override
    public List<KeyValue> listRecords(KeySpan span) {
        return List.of();
    }
}
