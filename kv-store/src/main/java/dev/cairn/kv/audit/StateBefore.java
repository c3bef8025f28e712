package dev.cairn.kv.audit;

import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.kv.tree.Tree;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The keys as they are before each revision of a block: those before the block, and what its earlier revisions wrote. */
final class StateBefore {
    private final TreeEditor tree;

    StateBefore(Tree beforeBlock) {
        this.tree = beforeBlock.edit();
    }

    /** Goes on behind these writes. */
    void write(List<KeyEvent> events) {
        events.forEach(event -> tree.put(new Leaf(event.change(), MerkleFrontier.EMPTY)));
    }

    Optional<KeyVersion> live(Bytes treeKey) {
        return tree.get(treeKey).map(Leaf::head).filter(KeyVersion::isLive);
    }

    /** The tree keys of a span that live. */
    List<Bytes> liveIn(KeySpan treeSpan) {
        List<Bytes> keys = new ArrayList<>();
        tree.forEach(treeSpan, version -> !version.isLive() || keys.add(version.treeKey()));
        return keys;
    }

    /** The revision that last wrote a key; 0 if none did. */
    long lastWritten(Bytes treeKey) {
        return tree.get(treeKey).map(Leaf::maxModRevision).orElse(0L);
    }
}
