package dev.cairn.kv.tree;

import dev.cairn.kv.proof.CritBit;
import dev.cairn.kv.proof.Pruned;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where proofs begin, what they show and where they may be cut. */
final class Pruning {
    private Pruning() {}

    /** See {@link Tree#proofStart}. */
    static Leaf start(Node root, Bytes from) {
        Leaf nearest = Tree.nearest(root, from);
        int parts = CritBit.firstDifference(from, nearest.head().treeKey());
        if (parts < 0) {
            return nearest;
        }
        Node at = root;
        while (at instanceof Inner inner && inner.critBit < parts) {
            at = inner.child(CritBit.bit(from, inner.critBit));
        }
        return outermost(at, CritBit.bit(from, parts));
    }

    private static Leaf outermost(Node node, int side) {
        Node at = node;
        while (at instanceof Inner inner) {
            at = inner.child(side);
        }
        return (Leaf) at;
    }

    /** {@code first} and {@code last}: a key that cuts this subtree, or null if all of it lies on the inner side. */
    static <L extends Pruned.ShownLeaf> Pruned<L> prune(
            Node node, @Nullable Bytes first, @Nullable Bytes last, Function<Leaf, L> shown) {
        return switch (node) {
            case Leaf leaf -> new Pruned.Tip<>(shown.apply(leaf));
            case Inner inner -> {
                int firstSide = first == null ? 0 : CritBit.bit(first, inner.critBit);
                int lastSide = last == null ? 1 : CritBit.bit(last, inner.critBit);
                Pruned<L> left = firstSide == 0
                        ? prune(inner.left(), first, lastSide == 0 ? last : null, shown)
                        : new Pruned.Stub<>(inner.left().summary());
                Pruned<L> right = lastSide == 1
                        ? prune(inner.right(), firstSide == 1 ? first : null, last, shown)
                        : new Pruned.Stub<>(inner.right().summary());
                yield new Pruned.Branch<>(inner.critBit, left, right);
            }
        };
    }

    /** The lowest key that separates the leaf of this rank (0: the first) from those before it. */
    static Optional<Bytes> boundary(Node root, int rank) {
        Node at = root;
        int before = rank;
        int lastTurn = -1;
        while (at instanceof Inner inner) {
            boolean goesRight = before >= inner.left().leafCount();
            before -= goesRight ? inner.left().leafCount() : 0;
            lastTurn = goesRight ? inner.critBit : lastTurn;
            at = inner.child(goesRight ? 1 : 0);
        }
        return lastTurn < 0
                ? Optional.empty()
                : CritBit.lowestRight(((Leaf) at).head().treeKey(), lastTurn);
    }
}
