package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
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
    static void start(TreeEditor tree, Height height, long compactRevision, List<Bytes> touched) {
        write(tree, height, compactRevision, Space.ALL.from(), touched);
    }

    /** This block's share. Dropped keys are added to {@code removed}. */
    static void advance(TreeEditor tree, Height height, List<Bytes> touched, List<Bytes> removed) {
        Optional<Bytes> record =
                tree.get(SystemSpace.SWEEP).flatMap(leaf -> leaf.head().value().resident());
        if (record.isEmpty()) {
            return;
        }
        long compactRevision = BigEndian.getLong(record.get().shared(), 0);
        Bytes cursor = record.get().slice(8, record.get().size());
        List<Bytes> dropped = new ArrayList<>();
        tree.forEachTombstone(new KeySpan(cursor, Space.ALL.until()), tombstone -> {
            if (tombstone.modRevision() < compactRevision) {
                dropped.add(tombstone.treeKey());
            }
            return dropped.size() < MAX_PER_BLOCK;
        });
        dropped.forEach(tree::remove);
        removed.addAll(dropped);
        if (dropped.size() < MAX_PER_BLOCK) {
            tree.remove(SystemSpace.SWEEP);
            removed.add(SystemSpace.SWEEP);
        } else {
            write(tree, height, compactRevision, KeySpan.successor(dropped.getLast()), touched);
        }
    }

    private static void write(TreeEditor tree, Height height, long compactRevision, Bytes cursor, List<Bytes> touched) {
        Bytes record = Bytes.wrap(new ByteWriter(8 + cursor.size())
                .putLong(compactRevision)
                .putRaw(cursor.shared())
                .toArray());
        KeyVersion version = KeyVersion.put(SystemSpace.SWEEP, height.value(), 0, 0, 0, 0, Value.of(record));
        tree.put(new Leaf(version, MerkleFrontier.EMPTY));
        touched.add(SystemSpace.SWEEP);
    }
}
