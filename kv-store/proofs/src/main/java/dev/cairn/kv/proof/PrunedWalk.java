package dev.cairn.kv.proof;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a pruned tree is one: that its hashes lead to the root, that keys part where it says, that no branch is
 * shown without a leaf below it. What is then proven is the {@link Visitor}'s matter.
 */
final class PrunedWalk<L extends Pruned.ShownLeaf> {

    /** Is told of leaves in key order, and of a branch after everything below it. */
    interface Visitor<L> {
        void leaf(L leaf) throws InvalidProofException;

        void branch(Fork fork) throws InvalidProofException;
    }

    /**
     * An inner node.
     *
     * @param shownKey of some leaf below; all keys below agree with it before {@code critBit}
     */
    record Fork(Bytes shownKey, int critBit, Side left, Side right) {
        Side side(int bit) {
            return bit == 0 ? left : right;
        }
    }

    /**
     * A child of an inner node.
     *
     * @param leavesBefore how many leaves the whole tree shows before this child
     */
    record Side(Summary summary, boolean isShown, int leavesBefore) {}

    /** {@code shownKey} is the key of any shown leaf below, {@code critBit} is above every bit if it is a leaf itself. */
    private record Part(
            Summary summary, int critBit, @Nullable Bytes shownKey) {}

    private final Visitor<L> visitor;
    private int leaves;

    private PrunedWalk(Visitor<L> visitor) {
        this.visitor = visitor;
    }

    /** An absent tree stands for one without keys. What the visitor heard holds only if this returns. */
    static <L extends Pruned.ShownLeaf> void verify(Optional<Pruned<L>> tree, Digest root, Visitor<L> visitor)
            throws InvalidProofException {
        PrunedWalk<L> walk = new PrunedWalk<>(visitor);
        Digest found =
                tree.isEmpty() ? NodeHash.EMPTY : walk.visit(tree.get()).summary.hash();
        if (!found.equals(root)) {
            throw new InvalidProofException(Refusal.WRONG_ROOT, "the root is " + found + ", not " + root);
        }
        if (tree.isPresent() && walk.leaves == 0) {
            throw new InvalidProofException(Refusal.INCOMPLETE, "no leaf is shown");
        }
    }

    private Part visit(Pruned<L> node) throws InvalidProofException {
        return switch (node) {
            case Pruned.Stub<L>(Summary summary) -> new Part(summary, Integer.MAX_VALUE, null);
            case Pruned.Tip<L>(L leaf) -> {
                visitor.leaf(leaf);
                leaves++;
                yield new Part(leaf.summary(), Integer.MAX_VALUE, leaf.treeKey());
            }
            case Pruned.Branch<L> branch -> visit(branch);
        };
    }

    private Part visit(Pruned.Branch<L> branch) throws InvalidProofException {
        int critBit = branch.critBit();
        int beforeLeft = leaves;
        Part left = visit(branch.left());
        int beforeRight = leaves;
        Part right = visit(branch.right());
        if (critBit < 0 || left.critBit <= critBit || right.critBit <= critBit) {
            throw contradiction("the bits at which keys part do not ascend");
        }
        requireSide(left, critBit, 0);
        requireSide(right, critBit, 1);
        Bytes shownKey = left.shownKey != null ? left.shownKey : right.shownKey;
        if (shownKey == null) {
            throw new InvalidProofException(Refusal.INCOMPLETE, "a branch shows no leaf below it");
        }
        if (left.shownKey != null
                && right.shownKey != null
                && CritBit.firstDifference(left.shownKey, right.shownKey) != critBit) {
            throw contradiction("the keys do not part at bit " + critBit);
        }
        visitor.branch(new Fork(
                shownKey,
                critBit,
                new Side(left.summary, left.shownKey != null, beforeLeft),
                new Side(right.summary, right.shownKey != null, beforeRight)));
        return new Part(join(critBit, left.summary, right.summary), critBit, shownKey);
    }

    private static Summary join(int critBit, Summary left, Summary right) {
        return new Summary(
                NodeHash.inner(critBit, left, right),
                Math.max(left.maxModRevision(), right.maxModRevision()),
                left.liveCount() + right.liveCount());
    }

    private static void requireSide(Part part, int critBit, int side) throws InvalidProofException {
        if (part.shownKey != null && CritBit.bit(part.shownKey, critBit) != side) {
            throw contradiction("a key lies on the wrong side of bit " + critBit);
        }
    }

    private static InvalidProofException contradiction(String message) {
        return new InvalidProofException(Refusal.CONTRADICTION, message);
    }
}
