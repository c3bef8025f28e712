package dev.cairn.kv.proof;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * All leaves of a span of keys, with nothing left out. A pruned tree says by itself for which span that holds: the shown
 * leaves are neighbours, and the span reaches from behind the last subtree that is hidden on their left to where the
 * first one begins that is hidden on their right.
 *
 * @param from the lowest key of the span; empty for the beginning
 * @param until the first key beyond the span; nothing for the end
 * @param leaves all that the tree holds in the span, in key order
 */
public record SpanProof<L extends Pruned.ShownLeaf>(Bytes from, Optional<Bytes> until, List<L> leaves) {
    public SpanProof {
        leaves = List.copyOf(leaves);
    }

    /** Checks a pruned tree against a root. An absent tree stands for one without keys. */
    public static <L extends Pruned.ShownLeaf> SpanProof<L> verify(Optional<Pruned<L>> tree, Digest root)
            throws InvalidProofException {
        Walk<L> walk = new Walk<>();
        Digest found =
                tree.isEmpty() ? NodeHash.EMPTY : walk.visit(tree.get()).summary.hash();
        if (!found.equals(root)) {
            throw new InvalidProofException("the root is " + found + ", not " + root);
        }
        if (tree.isPresent() && walk.leaves.isEmpty()) {
            throw new InvalidProofException("no leaf is shown");
        }
        return new SpanProof<>(
                walk.from == null ? Bytes.EMPTY : walk.from, Optional.ofNullable(walk.until), walk.leaves);
    }

    /** {@code shownKey} is the key of any shown leaf below, {@code critBit} is above every bit if it is a leaf itself. */
    private record Part(
            Summary summary, int critBit, @Nullable Bytes shownKey) {}

    /** One walk in key order; the bounds that are met first on the way up are the tightest. */
    private static final class Walk<L extends Pruned.ShownLeaf> {
        private final List<L> leaves = new ArrayList<>();
        private @Nullable Bytes from;
        private @Nullable Bytes until;

        Part visit(Pruned<L> node) throws InvalidProofException {
            return switch (node) {
                case Pruned.Stub<L>(Summary summary) -> new Part(summary, Integer.MAX_VALUE, null);
                case Pruned.Tip<L>(L leaf) -> {
                    if (until != null) {
                        throw new InvalidProofException("a hidden subtree lies between the leaves shown");
                    }
                    leaves.add(leaf);
                    yield new Part(leaf.summary(), Integer.MAX_VALUE, leaf.treeKey());
                }
                case Pruned.Branch<L> branch -> visit(branch);
            };
        }

        private Part visit(Pruned.Branch<L> branch) throws InvalidProofException {
            int critBit = branch.critBit();
            boolean isFirst = leaves.isEmpty();
            Part left = visit(branch.left());
            Part right = visit(branch.right());
            if (critBit < 0 || left.critBit <= critBit || right.critBit <= critBit) {
                throw new InvalidProofException("the bits at which keys part do not ascend");
            }
            requireSide(left, critBit, 0);
            requireSide(right, critBit, 1);
            Bytes shown;
            if (left.shownKey != null && right.shownKey != null) {
                if (CritBit.firstDifference(left.shownKey, right.shownKey) != critBit) {
                    throw new InvalidProofException("the keys do not part at bit " + critBit);
                }
                shown = left.shownKey;
            } else if (left.shownKey != null) {
                shown = left.shownKey;
                until = until == null ? boundary(shown, critBit) : until;
            } else if (right.shownKey != null && isFirst) {
                shown = right.shownKey;
                from = from == null ? boundary(shown, critBit) : from;
            } else {
                throw new InvalidProofException(
                        isFirst ? "a branch shows no leaf below it" : "a hidden subtree lies between the leaves shown");
            }
            return new Part(join(critBit, left.summary, right.summary), critBit, shown);
        }

        private static Summary join(int critBit, Summary left, Summary right) {
            return new Summary(
                    NodeHash.inner(critBit, left, right),
                    Math.max(left.maxModRevision(), right.maxModRevision()),
                    left.liveCount() + right.liveCount());
        }

        private static void requireSide(Part part, int critBit, int side) throws InvalidProofException {
            if (part.shownKey != null && CritBit.bit(part.shownKey, critBit) != side) {
                throw new InvalidProofException("a key lies on the wrong side of bit " + critBit);
            }
        }

        private static Bytes boundary(Bytes shown, int critBit) throws InvalidProofException {
            return CritBit.lowestRight(shown, critBit)
                    .orElseThrow(() -> new InvalidProofException("bit " + critBit + " is none of the keys' below it"));
        }
    }
}
