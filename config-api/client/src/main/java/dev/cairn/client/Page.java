package dev.cairn.client;

import dev.cairn.kv.model.KeyValue;
import java.util.List;

/**
 * Keys that lived in a span at a revision.
 *
 * @param records in key order, none left out
 * @param more whether there are further keys behind the last
 */
public record Page(List<KeyValue> records, boolean more, long revision) {
    public Page {
        records = List.copyOf(records);
    }
}
