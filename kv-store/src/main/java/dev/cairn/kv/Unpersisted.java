package dev.cairn.kv;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Height;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The changes of blocks that may not be on disk yet, oldest first: what a reader of older revisions must lay over what
 * it finds on disk. Immutable; a block's list shares its predecessors' and leaves out what has reached the disk since.
 */
public final class Unpersisted {
    static final Unpersisted NONE = new Unpersisted(List.of());

    private record Delta(Height height, List<KeyEvent> changes) {}

    private final List<Delta> deltas;

    private Unpersisted(List<Delta> deltas) {
        this.deltas = deltas;
    }

    /** This list without what is on disk up to {@code persisted}, and with one more block. */
    Unpersisted with(Height height, List<KeyEvent> changes, Height persisted) {
        List<Delta> next = new ArrayList<>(deltas.size() + 1);
        for (Delta delta : deltas) {
            if (delta.height().isAbove(persisted)) {
                next.add(delta);
            }
        }
        if (!changes.isEmpty()) {
            next.add(new Delta(height, List.copyOf(changes)));
        }
        return new Unpersisted(List.copyOf(next));
    }

    /** Each key of the span with its newest version at or below {@code revision} among these changes. */
    NavigableMap<Bytes, KeyVersion> newestIn(KeySpan treeSpan, long revision) {
        NavigableMap<Bytes, KeyVersion> newest = new TreeMap<>();
        for (Delta delta : deltas) {
            for (KeyEvent event : delta.changes()) {
                KeyVersion version = event.change();
                if (version.modRevision() <= revision && treeSpan.contains(version.treeKey())) {
                    newest.put(version.treeKey(), version);
                }
            }
        }
        return newest;
    }

    /** Changes with revisions in [from, to], in order. */
    List<KeyEvent> between(long from, long to) {
        List<KeyEvent> found = new ArrayList<>();
        for (Delta delta : deltas) {
            for (KeyEvent event : delta.changes()) {
                long revision = event.change().modRevision();
                if (from <= revision && revision <= to) {
                    found.add(event);
                }
            }
        }
        return found;
    }

    /** The lowest revision among these changes. */
    Optional<Long> firstRevision() {
        return deltas.isEmpty()
                ? Optional.empty()
                : Optional.of(deltas.getFirst().changes().getFirst().change().modRevision());
    }
}
