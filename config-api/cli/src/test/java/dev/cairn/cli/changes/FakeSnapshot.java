package dev.cairn.cli.changes;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** A store in memory. */
public final class FakeSnapshot implements Snapshot {
    private final TreeMap<Bytes, KeyValue> records = new TreeMap<>();
    private final TreeMap<Bytes, KeyValue> ledger = new TreeMap<>();
    private long revision = 1;

    public FakeSnapshot put(String key, String value) {
        revision++;
        Bytes name = Bytes.utf8(key);
        records.put(name, new KeyValue(name, revision, revision, 1, 0, Bytes.utf8(value)));
        return this;
    }

    /** A record of the ledger. */
    FakeSnapshot record(Bytes key, Bytes value) {
        ledger.put(key, new KeyValue(key, revision, revision, 1, 0, value));
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
        return within(span, records);
    }

    @Override
    public Optional<KeyValue> getRecord(Bytes key) {
        return Optional.ofNullable(ledger.get(key));
    }

    @Override
    public List<KeyValue> listRecords(KeySpan span) {
        return within(span, ledger);
    }

    private static List<KeyValue> within(KeySpan span, Map<Bytes, KeyValue> all) {
        return all.values().stream()
                .filter(record -> span.contains(record.key()))
                .toList();
    }
}
