package dev.cairn.kv.tree;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.proof.CritBit;
import dev.cairn.kv.proof.KeyPart;
import dev.cairn.kv.proof.NodeHash;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.kv.proof.Selection;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A crit-bit trie over keys in unsigned byte order whose root hash commits to every key, version and history in it. The
 * shape follows from the key set alone. A {@code Tree} never changes; {@link TreeEditor} makes the next one, sharing
 * what is equal.
 */
public final class Tree {
    /** No key may lie deeper; met only by inserts of hundreds of keys nested in each other. */
    public static final int MAX_DEPTH = Pruned.MAX_DEPTH;

    public static final Tree EMPTY = new Tree(null);

    private final @Nullable Node root;

    Tree(@Nullable Node root) {
        this.root = root;
    }

    public TreeEditor edit() {
        return new TreeEditor(root);
    }

    public Digest rootHash() {
        return root == null ? NodeHash.EMPTY : root.hash();
    }

    /** Keys that live, in all spaces. */
    public long liveCount() {
        return root == null ? 0 : root.liveCount();
    }

    /** About what the tree holds in memory; follows from its keys, versions and histories alone. */
    public long weightBytes() {
        return root == null ? 0 : root.weightBytes();
    }

    /** What the newest versions of all keys hold, keys and values, in memory or not; follows from them alone. */
    public long dataBytes() {
        return root == null ? 0 : root.dataBytes();
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

    /** The newest revision that changed a key of the span; 0 if it has none. */
    public long maxModRevision(KeySpan span) {
        return new SpanWalk(root, span).maxModRevision();
    }

    /** Visits the leaves of a span in key order until {@code visitor} returns false. */
    public void forEach(KeySpan span, Predicate<KeyVersion> visitor) {
        forEachLeaf(span, leaf -> visitor.test(leaf.head()));
    }

    /** As {@link #forEach}, with the leaves themselves. */
    public void forEachLeaf(KeySpan span, Predicate<Leaf> visitor) {
        new SpanWalk(root, span).forEach(visitor);
    }

    /**
     * The leaf at which a proof must begin to hold for the keys from {@code from} on: the first that is not below it, or
     * its predecessor if only that one shows that nothing lies between. Nothing if the tree is empty.
     */
    public Optional<Leaf> proofStart(Bytes from) {
        return root == null ? Optional.empty() : Optional.of(Pruning.start(root, from));
    }

    /** This tree with only the leaves from {@code first} to {@code last} shown, both of which must be in it. */
    public <L extends Pruned.ShownLeaf> Pruned<L> prune(Bytes first, Bytes last, Function<Leaf, L> shown) {
        return Pruning.prune(Objects.requireNonNull(root), first, last, shown);
    }

    /** What a proof shows of a leaf, of which the answer may depend and before which so many entries of it come. */
    public interface LeafView {
        KeyPart show(Leaf leaf, boolean isNeeded, long entries);
    }

    /** This tree with only those subtrees opened that the selection wants; nothing if the tree is empty. */
    public Optional<Pruned<KeyPart>> select(Selection selection, LeafView view) {
        return root == null ? Optional.empty() : Optional.of(new Selecting(selection, view).run(root));
    }

    /** At most {@code parts - 1} keys, ascending, between which lie about equally many leaves; proofs can end at them. */
    public List<Bytes> boundaries(int parts) {
        List<Bytes> found = new ArrayList<>();
        int leaves = leafCount();
        int rank = 0;
        for (int part = 1; part < parts; part++) {
            int next = (int) ((long) leaves * part / parts);
            if (next > rank && root != null) {
                Pruning.boundary(root, next).ifPresent(found::add);
            }
            rank = next;
        }
        return found;
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
