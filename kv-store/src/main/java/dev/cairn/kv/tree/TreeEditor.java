package dev.cairn.kv.tree;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.proof.CritBit;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Makes the next tree. Nodes made here are changed in place until {@link #seal}; all others are copied on the way down,
 * so every earlier tree stays as it was. Hashing happens once, when the sealed tree's root is asked for.
 */
public final class TreeEditor {
    private @Nullable Node root;
    private Edit edit = new Edit();

    TreeEditor(@Nullable Node root) {
        this.root = root;
    }

    /** A point to come back to. Costs nothing now; nodes made before it are copied when they are next changed. */
    public final class Savepoint {
        private final @Nullable Node saved = root;

        private Savepoint() {
            edit.seal();
            edit = new Edit();
        }

        /** Forgets every change since. */
        public void rollBack() {
            root = saved;
            edit = new Edit();
        }
    }

    public Savepoint savepoint() {
        return new Savepoint();
    }

    public Tree seal() {
        edit.seal();
        Tree sealed = new Tree(root);
        edit = new Edit();
        return sealed;
    }

    public Optional<Leaf> get(Bytes key) {
        return Tree.get(root, key);
    }

    /** As {@link Tree#weightBytes}, of what has been edited so far. */
    public long weightBytes() {
        return root == null ? 0 : root.weightBytes();
    }

    /** As {@link Tree#dataBytes}, of what has been edited so far. */
    public long dataBytes() {
        return root == null ? 0 : root.dataBytes();
    }

    public long liveCount(KeySpan span) {
        return new SpanWalk(root, span).liveCount();
    }

    public void forEach(KeySpan span, Predicate<KeyVersion> visitor) {
        new SpanWalk(root, span).forEach(leaf -> visitor.test(leaf.head()));
    }

    /**
     * Whether {@link #put} of this key would keep every leaf within {@link Tree#MAX_DEPTH}, also once {@code reserve} levels have
     * come to lie above it.
     */
    public boolean fits(Bytes key, int reserve) {
        if (root == null) {
            return true;
        }
        int parts = CritBit.firstDifference(key, Tree.nearest(root, key).head().treeKey());
        if (parts < 0) {
            return true;
        }
        int depth = 0;
        Node at = root;
        while (at instanceof Inner inner && inner.critBit < parts) {
            at = inner.child(CritBit.bit(key, inner.critBit));
            depth++;
        }
        return depth + 1 + at.height() <= Tree.MAX_DEPTH - reserve;
    }

    /** Puts a leaf in the place of its key. */
    public void put(Leaf leaf) {
        Bytes key = leaf.head().treeKey();
        if (root == null) {
            root = leaf;
            return;
        }
        int parts = CritBit.firstDifference(key, Tree.nearest(root, key).head().treeKey());
        root = put(root, leaf, key, parts);
    }

    private Node put(Node at, Leaf leaf, Bytes key, int parts) {
        if (at instanceof Inner inner && (parts < 0 || inner.critBit < parts)) {
            int bit = CritBit.bit(key, inner.critBit);
            return inner.with(bit, put(inner.child(bit), leaf, key, parts), edit);
        }
        if (parts < 0) {
            return leaf;
        }
        return CritBit.bit(key, parts) == 0 ? new Inner(parts, leaf, at, edit) : new Inner(parts, at, leaf, edit);
    }

    /** Takes a key out, if it is there. */
    public void remove(Bytes key) {
        if (root != null && get(key).isPresent()) {
            root = without(root, key);
        }
    }

    private @Nullable Node without(Node at, Bytes key) {
        return switch (at) {
            case Leaf _ -> null;
            case Inner inner -> {
                int bit = CritBit.bit(key, inner.critBit);
                Node child = without(inner.child(bit), key);
                yield child == null ? inner.child(1 - bit) : inner.with(bit, child, edit);
            }
        };
    }

    /** Visits the tombstones of a span in key order until {@code visitor} returns false; enters no subtree without one. */
    public void forEachTombstone(KeySpan span, Predicate<KeyVersion> visitor) {
        if (root != null) {
            tombstones(root, span, visitor);
        }
    }

    private static boolean tombstones(Node at, KeySpan span, Predicate<KeyVersion> visitor) {
        if (at.leafCount() == at.liveCount()) {
            return true;
        }
        return switch (at) {
            case Leaf leaf -> !span.contains(leaf.head().treeKey()) || visitor.test(leaf.head());
            case Inner inner -> tombstones(inner.left(), span, visitor) && tombstones(inner.right(), span, visitor);
        };
    }
}
