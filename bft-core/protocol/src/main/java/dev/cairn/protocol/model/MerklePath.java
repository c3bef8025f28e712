package dev.cairn.protocol.model;

import java.util.ArrayList;
import java.util.List;

/**
 * That an RFC 6962 tree holds a leaf at an index (section 2.1.1, audit paths). Siblings come from the leaf upward; their
 * number follows from index and size, so there is one path for each leaf.
 */
public record MerklePath(long index, long size, List<Digest> siblings) {
    public MerklePath {
        siblings = List.copyOf(siblings);
        if (siblings.size() != length(index, size)) {
            throw new IllegalArgumentException(
                    siblings.size() + " siblings cannot stand on the path of leaf " + index + " of " + size);
        }
    }

    /** The path of the leaf at {@code index} in the tree over {@code contents}. */
    public static MerklePath of(List<Digest> contents, int index) {
        List<Digest> siblings = new ArrayList<>();
        List<Digest> level = contents.stream().map(Hashing::merkleLeaf).toList();
        for (int at = index; level.size() > 1; at /= 2) {
            int sibling = at ^ 1;
            if (sibling < level.size()) {
                siblings.add(level.get(sibling));
            }
            level = parents(level);
        }
        return new MerklePath(index, contents.size(), siblings);
    }

    /** A node without a right neighbour rises as it is. */
    private static List<Digest> parents(List<Digest> level) {
        List<Digest> parents = new ArrayList<>();
        for (int i = 0; i < level.size(); i += 2) {
            parents.add(i + 1 < level.size() ? Hashing.merkleNode(level.get(i), level.get(i + 1)) : level.get(i));
        }
        return parents;
    }

    /** How many siblings the path of a leaf has. */
    public static int length(long index, long size) {
        if (index < 0 || index >= size) {
            throw new IllegalArgumentException("leaf " + index + " of " + size);
        }
        int length = 0;
        long at = index;
        for (long last = size - 1; last > 0; last >>= 1, at >>= 1) {
            length += hasSibling(at, last) ? 1 : 0;
        }
        return length;
    }

    /** The root that the path leads to if its leaf holds {@code content}. */
    public Digest root(Digest content) {
        Digest root = Hashing.merkleLeaf(content);
        int next = 0;
        long at = index;
        for (long last = size - 1; last > 0; last >>= 1, at >>= 1) {
            if (hasSibling(at, last)) {
                Digest sibling = siblings.get(next++);
                root = (at & 1) == 1 ? Hashing.merkleNode(sibling, root) : Hashing.merkleNode(root, sibling);
            }
        }
        return root;
    }

    private static boolean hasSibling(long at, long last) {
        return (at & 1) == 1 || at < last;
    }
}
