package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Takes tombstones that a compaction has passed out of the tree, a bounded number in each block, in key order from
 * where the last block stopped. How far it has come is part of the state, so every replica does the same in the same block.
 */
final class Sweep {
    static final int MAX_PER_BLOCK = 256;

    private Sweep() {}

    /** A new compaction starts the sweep anew. */
    static void start(Draft draft, long compactRevision) {
        write(draft, compactRevision, Space.ALL.from());
    }

    /** This block's share. */
    static void advance(Draft draft) {
        Optional<Bytes> record = draft.system(SystemSpace.SWEEP);
        if (record.isEmpty()) {
            return;
        }
        long compactRevision = BigEndian.getLong(record.get().shared(), 0);
        Bytes cursor = record.get().slice(8, record.get().size());
        List<Bytes> dropped = new ArrayList<>();
        draft.tree.forEachTombstone(new KeySpan(cursor, Space.ALL.until()), tombstone -> {
            if (tombstone.modRevision() < compactRevision) {
                dropped.add(tombstone.treeKey());
            }
            return dropped.size() < MAX_PER_BLOCK;
        });
        dropped.forEach(draft.tree::remove);
        draft.removed.addAll(dropped);
        if (dropped.size() < MAX_PER_BLOCK) {
            draft.removeSystem(SystemSpace.SWEEP);
        } else {
            write(draft, compactRevision, KeySpan.successor(dropped.getLast()));
        }
    }

    private static void write(Draft draft, long compactRevision, Bytes cursor) {
        Bytes record = Bytes.wrap(new ByteWriter(8 + cursor.size())
                .putLong(compactRevision)
                .putRaw(cursor.shared())
                .toArray());
        draft.putSystem(SystemSpace.SWEEP, record);
    }
}
