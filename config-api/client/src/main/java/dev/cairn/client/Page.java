package dev.cairn.client;

import dev.cairn.kv.model.KeyValue;
import java.util.List;
import java.util.OptionalLong;

/**
 * Keys that lived in a span at a revision.
 *
 * @param records in key order, none left out
 * @param more whether there are further keys behind the last
 * @param count of all keys that lived in the span; known where the revision is the head's
 */
public record Page(List<KeyValue> records, boolean more, long revision, OptionalLong count) {
    public Page {
        records = List.copyOf(records);
    }
}
