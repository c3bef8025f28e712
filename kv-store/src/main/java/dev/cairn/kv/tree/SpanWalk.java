package dev.cairn.kv.tree;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.proof.CritBit;
import dev.cairn.protocol.model.Bytes;
import java.util.function.LongBinaryOperator;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * A walk over the leaves of a span that enters only the subtrees which the span cuts. For each bound it is found once
 * where its bits leave the tree; above that point the bound's own bits say which side lies within, below it the whole
 * subtree does or does not.
 */
final class SpanWalk {
    private final @Nullable Node root;
    private final Bytes from;
    private final @Nullable Bytes until;
    private final int fromParts;
    private final int untilParts;

    SpanWalk(@Nullable Node root, KeySpan span) {
        this.root = span.isEmpty() ? null : root;
        this.from = span.from();
        this.until = span.until().orElse(null);
        this.fromParts = partingOf(from);
        this.untilParts = until == null ? -1 : partingOf(until);
    }

    /** Where {@code bound} differs from the leaf its own bits lead to; -1 if it is that leaf's key. */
    private int partingOf(Bytes bound) {
        return root == null
                ? -1
                : CritBit.firstDifference(
                        bound, Tree.nearest(root, bound).head().treeKey());
    }

    long liveCount() {
        return root == null ? 0 : sum(root, true, until != null, Node::liveCount, Long::sum);
    }

    long maxModRevision() {
        return root == null ? 0 : sum(root, true, until != null, Node::maxModRevision, Math::max);
    }

    void forEach(Predicate<Leaf> visitor) {
        if (root != null) {
            visit(root, true, until != null, visitor);
        }
    }

    /** {@code low} and {@code high}: the bound may still cut this subtree. */
    private long sum(Node node, boolean low, boolean high, ToLongFunction<Node> value, LongBinaryOperator join) {
        if (!low && !high) {
            return value.applyAsLong(node);
        }
        return switch (node) {
            case Leaf leaf -> contains(leaf) ? value.applyAsLong(leaf) : 0;
            case Inner inner -> {
                Side lowSide = low ? lowSide(inner) : Side.WITHIN;
                Side highSide = high ? highSide(inner) : Side.WITHIN;
                long sum = 0;
                if (lowSide.entersLeft && highSide.entersLeft) {
                    sum = sum(inner.left(), lowSide.cutsLeft, highSide.cutsLeft, value, join);
                }
                if (lowSide.entersRight && highSide.entersRight) {
                    long right = sum(inner.right(), lowSide.cutsRight, highSide.cutsRight, value, join);
                    sum = join.applyAsLong(sum, right);
                }
                yield sum;
            }
        };
    }

    private boolean visit(Node node, boolean low, boolean high, Predicate<Leaf> visitor) {
        return switch (node) {
            case Leaf leaf -> !contains(leaf) || visitor.test(leaf);
            case Inner inner -> {
                Side lowSide = low ? lowSide(inner) : Side.WITHIN;
                Side highSide = high ? highSide(inner) : Side.WITHIN;
                boolean goOn = true;
                if (lowSide.entersLeft && highSide.entersLeft) {
                    goOn = visit(inner.left(), lowSide.cutsLeft, highSide.cutsLeft, visitor);
                }
                if (goOn && lowSide.entersRight && highSide.entersRight) {
                    goOn = visit(inner.right(), lowSide.cutsRight, highSide.cutsRight, visitor);
                }
                yield goOn;
            }
        };
    }

    private boolean contains(Leaf leaf) {
        Bytes key = leaf.head().treeKey();
        return key.compareTo(from) >= 0 && (until == null || key.compareTo(until) < 0);
    }

    /** Which children a bound lets in, and which of them it may still cut. */
    private enum Side {
        WITHIN(true, true, false, false),
        OUTSIDE(false, false, false, false),
        LOW_CUTS_LEFT(true, true, true, false),
        LOW_CUTS_RIGHT(false, true, false, true),
        HIGH_CUTS_LEFT(true, false, true, false),
        HIGH_CUTS_RIGHT(true, true, false, true);

        final boolean entersLeft;
        final boolean entersRight;
        final boolean cutsLeft;
        final boolean cutsRight;

        Side(boolean entersLeft, boolean entersRight, boolean cutsLeft, boolean cutsRight) {
            this.entersLeft = entersLeft;
            this.entersRight = entersRight;
            this.cutsLeft = cutsLeft;
            this.cutsRight = cutsRight;
        }
    }

    private Side lowSide(Inner inner) {
        if (fromParts >= 0 && inner.critBit > fromParts) {
            return CritBit.bit(from, fromParts) == 0 ? Side.WITHIN : Side.OUTSIDE;
        }
        return CritBit.bit(from, inner.critBit) == 0 ? Side.LOW_CUTS_LEFT : Side.LOW_CUTS_RIGHT;
    }

    private Side highSide(Inner inner) {
        Bytes bound = until;
        if (bound == null) {
            return Side.WITHIN;
        }
        if (untilParts >= 0 && inner.critBit > untilParts) {
            return CritBit.bit(bound, untilParts) == 0 ? Side.OUTSIDE : Side.WITHIN;
        }
        return CritBit.bit(bound, inner.critBit) == 0 ? Side.HIGH_CUTS_LEFT : Side.HIGH_CUTS_RIGHT;
    }
}
