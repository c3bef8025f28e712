package dev.cairn.kv.tree;

import dev.cairn.kv.KeySpan;
import dev.cairn.kv.KeyVersion;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Optional;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A crit-bit trie over keys in unsigned byte order whose root hash commits to every key, version and history in it. The
 * shape follows from the key set alone. A {@code Tree} never changes; {@link TreeEditor} makes the next one, sharing
 * what is equal.
 */
public final class Tree {
    /** No key may lie deeper; met only by inserts of hundreds of keys nested in each other. */
    public static final int MAX_DEPTH = 512;

    public static final Tree EMPTY = new Tree(null);

    private static final Digest EMPTY_ROOT = Hashing.sha256(new byte[] {0x23, Hashing.SUITE});

    private final @Nullable Node root;

    Tree(@Nullable Node root) {
        this.root = root;
    }

    public TreeEditor edit() {
        return new TreeEditor(root);
    }

    public Digest rootHash() {
        return root == null ? EMPTY_ROOT : root.hash();
    }

    /** Keys that live, in all spaces. */
    public long liveCount() {
        return root == null ? 0 : root.liveCount();
    }

    /** About what the tree holds in memory; follows from its keys, versions and histories alone. */
    public long weightBytes() {
        return root == null ? 0 : root.weightBytes();
    }

    public int leafCount() {
        return root == null ? 0 : root.leafCount();
    }

    public Optional<Leaf> get(Bytes key) {
        return get(root, key);
    }

    public long liveCount(KeySpan span) {
        return new SpanWalk(root, span).liveCount();
    }

    /** Visits the leaves of a span in key order until {@code visitor} returns false. */
    public void forEach(KeySpan span, Predicate<KeyVersion> visitor) {
        new SpanWalk(root, span).forEach(visitor);
    }

    static Optional<Leaf> get(@Nullable Node root, Bytes key) {
        if (root == null) {
            return Optional.empty();
        }
        Leaf nearest = nearest(root, key);
        return nearest.head().treeKey().equals(key) ? Optional.of(nearest) : Optional.empty();
    }

    /** The leaf that is reached by following the key's own bits: the key's, or one that shows where it would part. */
    static Leaf nearest(Node root, Bytes key) {
        Node at = root;
        while (at instanceof Inner inner) {
            at = inner.child(CritBit.bit(key, inner.critBit));
        }
        return (Leaf) at;
    }
}
