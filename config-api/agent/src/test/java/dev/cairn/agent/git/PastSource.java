package dev.cairn.agent.git;

import dev.cairn.client.KeyStamp;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.repo.RepositoryName;
import dev.cairn.client.repo.Tree;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** A store with all its past, as a cluster would tell of it. */
final class PastSource implements Source {
    private final NavigableMap<Long, NavigableMap<Bytes, KeyValue>> states = new TreeMap<>(Map.of(1L, new TreeMap<>()));
    private long oldest;

    /** How many records were read with their values. */
    private int valuesRead;

    private int keysListed;

    /** One change: these keys are put, those deleted. */
    void change(Map<Bytes, Bytes> puts, Collection<Bytes> deletes) {
        long revision = states.lastKey() + 1;
        NavigableMap<Bytes, KeyValue> state = new TreeMap<>(states.lastEntry().getValue());
        puts.forEach((key, value) -> state.put(key, new KeyValue(key, revision, revision, 1, 0, value)));
        deletes.forEach(state::remove);
        states.put(revision, state);
    }

    /** Makes the repository that tree, as {@code cairn push} does. */
    void publish(RepositoryName name, Tree tree) {
        SortedMap<Bytes, Bytes> after = tree.records(name);
        Map<Bytes, Bytes> puts = new TreeMap<>();
        List<KeyValue> before = records(name, states.lastKey());
        after.forEach((key, value) -> {
            boolean isThere = before.stream()
                    .anyMatch(old -> old.key().equals(key) && old.value().equals(value));
            if (!isThere || key.equals(name.modesKey())) {
                puts.put(key, value);
            }
        });
        change(
                puts,
                before.stream()
                        .map(KeyValue::key)
                        .filter(key -> !after.containsKey(key))
                        .toList());
    }

    void compact(long revision) {
        oldest = revision;
    }

    long revision() {
        return states.lastKey();
    }

    int valuesRead() {
        return valuesRead;
    }

    int keysListed() {
        return keysListed;
    }

    private NavigableMap<Bytes, KeyValue> state(long revision) {
        if (revision < oldest) {
            throw new AssertionError("revision " + revision + " is compacted, up to " + oldest);
        }
        return Objects.requireNonNull(states.get(revision));
    }

    private List<KeyValue> records(RepositoryName name, long revision) {
        return state(revision).values().stream()
                .filter(record -> record.key().startsWith(name.prefix()))
                .toList();
    }

    @Override
    public State newest() {
        return new State(states.lastKey(), oldest);
    }

    @Override
    public List<KeyStamp> keys(RepositoryName name, int limit, long revision) {
        List<KeyStamp> keys = records(name, revision).stream()
                .limit(limit)
                .map(record -> new KeyStamp(record.key(), record.modRevision()))
                .toList();
        keysListed += keys.size();
        return keys;
    }

    @Override
    public Optional<KeyValue> get(Bytes key, long revision) {
        valuesRead++;
        return Optional.ofNullable(state(revision).get(key));
    }

    @Override
    public void forEach(RepositoryName name, long revision, Sink sink) throws IOException {
        for (KeyValue record : records(name, revision)) {
            valuesRead++;
            sink.take(record);
        }
    }

    @Override
    public Authorship authorship(long revision, long at) throws NotVerifiedException {
        Digest change = Hashing.sha256(Bytes.utf8("change " + revision).shared());
        return new Authorship("alice", "Change " + revision, 1_700_000_000 + revision, "test", Optional.of(change));
    }
}
