package dev.cairn.cli.changes;

import dev.cairn.client.NotVerifiedException;
import dev.cairn.kv.change.Precondition;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What a draft expects of the keys that it touches: that they are as its author saw them. */
final class Expectation {
    private Expectation() {}

    /**
     * Of every key that is written, and of every key that lies in a range that is deleted, what it is now.
     *
     * @param given of these keys, what is expected instead
     */
    static List<Precondition> of(Collection<? extends Intent> intents, Map<Bytes, Precondition> given, Snapshot now)
            throws NotVerifiedException {
        Map<Bytes, Precondition> byKey = new TreeMap<>();
        for (Intent intent : intents) {
            switch (intent) {
                case Intent.Put(Bytes key, Bytes _) -> byKey.put(key, asIs(key, now));
                case Intent.Delete(Bytes key) -> byKey.put(key, asIs(key, now));
                case Intent.DeleteRange _ -> {
                    KeySpan span = intent.operation().span();
                    now.list(span).forEach(record -> byKey.put(record.key(), lastWritten(record)));
                }
            }
        }
        byKey.putAll(given);
        return new ArrayList<>(byKey.values());
    }

    private static Precondition asIs(Bytes key, Snapshot now) throws NotVerifiedException {
        return now.get(key).map(Expectation::lastWritten).orElseGet(() -> new Precondition.Absent(key));
    }

    private static Precondition lastWritten(KeyValue record) {
        return new Precondition.LastWrittenAt(record.key(), record.modRevision());
    }
}
