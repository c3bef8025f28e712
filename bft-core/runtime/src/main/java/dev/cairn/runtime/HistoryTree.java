package dev.cairn.runtime;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The RFC 6962 tree over the headers of the chain, any part of it, from the frontiers that are stored at every
 * {@value #INTERVAL}th size and from the headers' hashes between. A subtree's root costs at most {@value #INTERVAL} reads
 * and one for each level above; what was computed is remembered, for {@value #REMEMBERED} subtrees.
 */
final class HistoryTree {
    /** A frontier is stored at each size that is a multiple of this. */
    static final int INTERVAL = 256;

    private static final int INTERVAL_LEVELS = 8;

    private static final int REMEMBERED = 16_384;

    /** What is kept of the chain. Empty answers where it is not, or not any more. */
    interface Source {
        Optional<Digest> block(long height) throws StorageException;

        /** The tree over the first {@code size} headers, a multiple of {@link #INTERVAL}. */
        Optional<MerkleFrontier> stored(long size) throws StorageException;

        /** The tree at the anchor of the last snapshot. */
        Optional<MerkleFrontier> anchored() throws StorageException;
    }

    /** The subtree of {@code 2^levels} leaves of which {@code index} others of its size lie before. */
    private record Subtree(int levels, long index) {
        long end() {
            return (index + 1) << levels;
        }

        Subtree left() {
            return new Subtree(levels - 1, 2 * index);
        }

        Subtree right() {
            return new Subtree(levels - 1, 2 * index + 1);
        }
    }

    private final Source source;
    private final Map<Subtree, Digest> known = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Subtree, Digest> eldest) {
            return size() > REMEMBERED;
        }
    };

    HistoryTree(Source source) {
        this.source = source;
    }

    /** The tree over the headers of all heights below {@code height}; nothing if what it needs is not here. */
    Optional<MerkleFrontier> before(long height) throws StorageException {
        Optional<MerkleFrontier> base = nearest(height);
        for (long at = base.map(MerkleFrontier::size).orElse(height); at < height; at++) {
            Optional<Digest> block = source.block(at);
            if (block.isEmpty()) {
                return Optional.empty();
            }
            base = base.map(tree -> tree.append(block.get()));
        }
        return base;
    }

    /** The largest tree of at most {@code height} leaves that is stored. */
    private Optional<MerkleFrontier> nearest(long height) throws StorageException {
        long size = height - height % INTERVAL;
        Optional<MerkleFrontier> anchored = source.anchored().filter(tree -> tree.size() <= height);
        if (anchored.isPresent() && anchored.get().size() >= size) {
            return anchored;
        }
        return size == 0 ? Optional.of(MerkleFrontier.EMPTY) : source.stored(size);
    }

    /**
     * The roots of the complete subtrees that fill the tree up from {@code from} leaves to {@code to}; nothing if what they
     * need is not here.
     */
    Optional<List<Digest>> fill(long from, long to) throws StorageException {
        List<Digest> roots = new ArrayList<>();
        for (long at = from; at < to; ) {
            int levels = MerkleFrontier.nextLevels(at, to);
            Optional<Digest> root = root(new Subtree(levels, at >> levels));
            if (root.isEmpty()) {
                return Optional.empty();
            }
            roots.add(root.get());
            at += 1L << levels;
        }
        return Optional.of(roots);
    }

    private Optional<Digest> root(Subtree subtree) throws StorageException {
        Optional<Digest> remembered = recall(subtree);
        if (remembered.isPresent()) {
            return remembered;
        }
        Optional<Digest> root = compute(subtree);
        root.ifPresent(digest -> remember(subtree, digest));
        return root;
    }

    private Optional<Digest> compute(Subtree subtree) throws StorageException {
        if (subtree.levels() == 0) {
            return source.block(subtree.index()).map(Hashing::merkleLeaf);
        }
        // Behind a left subtree the stored frontier ends with its very root; behind a right one it is merged with
        // others.
        boolean isLeft = subtree.index() % 2 == 0;
        if (isLeft && subtree.levels() >= INTERVAL_LEVELS) {
            Optional<MerkleFrontier> stored = source.stored(subtree.end());
            if (stored.isPresent()) {
                return stored.map(tree -> tree.peaks().getLast());
            }
        }
        Optional<Digest> left = root(subtree.left());
        Optional<Digest> right = left.isEmpty() ? left : root(subtree.right());
        return right.map(digest -> Hashing.merkleNode(left.orElseThrow(), digest));
    }

    private synchronized Optional<Digest> recall(Subtree subtree) {
        return Optional.ofNullable(known.get(subtree));
    }

    private synchronized void remember(Subtree subtree, Digest root) {
        known.put(subtree, root);
    }
}
