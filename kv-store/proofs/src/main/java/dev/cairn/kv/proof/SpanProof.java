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
        Bounds<L> bounds = new Bounds<>();
        PrunedWalk.verify(tree, root, bounds);
        return new SpanProof<>(
                bounds.from == null ? Bytes.EMPTY : bounds.from, Optional.ofNullable(bounds.until), bounds.leaves);
    }

    /** The bounds that are met first on the way up are the tightest. */
    private static final class Bounds<L extends Pruned.ShownLeaf> implements PrunedWalk.Visitor<L> {
        private final List<L> leaves = new ArrayList<>();
        private @Nullable Bytes from;
        private @Nullable Bytes until;

        @Override
        public void leaf(L leaf) throws InvalidProofException {
            if (until != null) {
                throw hidden();
            }
            leaves.add(leaf);
        }

        @Override
        public void branch(PrunedWalk.Fork fork) throws InvalidProofException {
            if (!fork.right().isShown()) {
                until = until == null ? boundary(fork) : until;
            }
            if (!fork.left().isShown()) {
                if (fork.left().leavesBefore() > 0) {
                    throw hidden();
                }
                from = from == null ? boundary(fork) : from;
            }
        }

        private static Bytes boundary(PrunedWalk.Fork fork) throws InvalidProofException {
            return CritBit.lowestRight(fork.shownKey(), fork.critBit())
                    .orElseThrow(() -> new InvalidProofException(
                            Refusal.CONTRADICTION, "bit " + fork.critBit() + " is none of the keys' below it"));
        }

        private static InvalidProofException hidden() {
            return new InvalidProofException(Refusal.INCOMPLETE, "a hidden subtree lies between the leaves shown");
        }
    }
}
