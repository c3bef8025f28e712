package dev.cairn.kv.proof;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;

/**
 * Ranges of a key's history, an RFC 6962 tree. What lies before a range stands in the proof as the tree's frontier there,
 * what lies behind it as the roots of the complete subtrees that fill it up to the tree's size, in order.
 */
public final class HistoryProof {
    private HistoryProof() {}

    /** How many levels the complete subtree has that comes next at {@code size}, on the way to {@code end} leaves. */
    public static int nextLevels(long size, long end) {
        if (size >= end) {
            throw new IllegalArgumentException("nothing comes between " + size + " and " + end);
        }
        return Math.min(Long.numberOfTrailingZeros(size), 63 - Long.numberOfLeadingZeros(end - size));
    }

    /** The tree with another complete subtree of {@code 2^levels} leaves, of which its size must be a multiple. */
    public static MerkleFrontier append(MerkleFrontier tree, int levels, Digest subtree) {
        List<Digest> peaks = new ArrayList<>(tree.peaks());
        Digest carried = subtree;
        for (long bits = tree.size() >>> levels; (bits & 1) == 1; bits >>>= 1) {
            carried = Hashing.merkleNode(peaks.removeLast(), carried);
        }
        peaks.add(carried);
        return new MerkleFrontier(tree.size() + (1L << levels), peaks);
    }

    /** The root of the complete subtree of {@code 2^levels} leaves that ends with {@code last}, which {@code before} precedes. */
    public static Digest subtree(MerkleFrontier before, Digest last, int levels) {
        List<Digest> peaks = before.peaks();
        Digest root = Hashing.merkleLeaf(last);
        for (int level = 0; level < levels; level++) {
            root = Hashing.merkleNode(peaks.get(peaks.size() - 1 - level), root);
        }
        return root;
    }

    /** The frontier of the whole history: {@code before}, the range, and {@code behind} up to {@code size} leaves. */
    public static MerkleFrontier complete(MerkleFrontier before, List<Digest> range, List<Digest> behind, long size)
            throws InvalidProofException {
        MerkleFrontier tree = before;
        for (Digest digest : range) {
            tree = tree.append(digest);
        }
        for (Digest subtree : behind) {
            if (tree.size() >= size) {
                throw new InvalidProofException(Refusal.MALFORMED, "more of a history is given than it has");
            }
            tree = append(tree, nextLevels(tree.size(), size), subtree);
        }
        if (tree.size() != size) {
            throw new InvalidProofException(
                    Refusal.MALFORMED, "a history has " + size + " versions, not " + tree.size());
        }
        return tree;
    }
}
