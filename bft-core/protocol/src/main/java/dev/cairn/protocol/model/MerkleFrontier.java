package dev.cairn.protocol.model;

import java.util.ArrayList;
import java.util.List;

/**
 * An append-only RFC 6962 tree, kept as its right frontier: the roots of the complete subtrees, largest first, one for
 * each set bit of {@code size}. Immutable; an append costs at most log2(size) hashes and shares nothing mutable. Used
 * for the history of headers, the requests and results of a block, and the versions of one key.
 */
public record MerkleFrontier(long size, List<Digest> peaks) {
    public static final MerkleFrontier EMPTY = new MerkleFrontier(0, List.of());

    private static final Digest EMPTY_ROOT = Hashing.sha256(new byte[0]);

    public MerkleFrontier {
        peaks = List.copyOf(peaks);
        if (size < 0 || peaks.size() != Long.bitCount(size)) {
            throw new IllegalArgumentException(peaks.size() + " peaks cannot stand for " + size + " leaves");
        }
    }

    /** The root over {@code contents} in order. */
    public static Digest rootOf(List<Digest> contents) {
        MerkleFrontier tree = EMPTY;
        for (Digest content : contents) {
            tree = tree.append(content);
        }
        return tree.root();
    }

    /** This tree with one more leaf that holds {@code content}. */
    public MerkleFrontier append(Digest content) {
        return appendSubtree(0, Hashing.merkleLeaf(content));
    }

    /**
     * How many levels the complete subtree has that comes next at {@code size} leaves, on the way to {@code end}: trees are
     * filled up with as few subtrees as will do.
     */
    public static int nextLevels(long size, long end) {
        if (size < 0 || size >= end) {
            throw new IllegalArgumentException("nothing comes between " + size + " and " + end);
        }
        return Math.min(Long.numberOfTrailingZeros(size), 63 - Long.numberOfLeadingZeros(end - size));
    }

    /** This tree with another complete subtree of {@code 2^levels} leaves, of which its size must be a multiple. */
    public MerkleFrontier appendSubtree(int levels, Digest root) {
        if ((size & ((1L << levels) - 1)) != 0) {
            throw new IllegalArgumentException("no subtree of " + levels + " levels begins at leaf " + size);
        }
        List<Digest> next = new ArrayList<>(peaks);
        Digest carried = root;
        for (long bits = size >>> levels; (bits & 1) == 1; bits >>>= 1) {
            carried = Hashing.merkleNode(next.removeLast(), carried);
        }
        next.add(carried);
        return new MerkleFrontier(Math.addExact(size, 1L << levels), next);
    }

    /** RFC 6962's Merkle tree hash; SHA-256 of nothing for the empty tree. */
    public Digest root() {
        if (peaks.isEmpty()) {
            return EMPTY_ROOT;
        }
        Digest root = peaks.getLast();
        for (int i = peaks.size() - 2; i >= 0; i--) {
            root = Hashing.merkleNode(peaks.get(i), root);
        }
        return root;
    }
}
