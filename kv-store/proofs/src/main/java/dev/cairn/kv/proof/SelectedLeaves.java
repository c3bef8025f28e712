package dev.cairn.kv.proof;

import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a proof shows of the leaves that a question needs.
 *
 * @param needed in key order, each with exactly the versions that the selection wants
 * @param liveCount keys of the span that live now: meant for {@link Selection.Current}, which leaves none uncounted
 */
record SelectedLeaves(List<KeyPart> needed, long liveCount) {
    SelectedLeaves {
        needed = List.copyOf(needed);
    }

    /** Checks a pruned tree against a root and the selection. */
    static SelectedLeaves verify(Optional<Pruned<KeyPart>> tree, Digest root, Selection selection)
            throws InvalidProofException {
        Check check = new Check(selection);
        PrunedWalk.verify(tree, root, check);
        return new SelectedLeaves(check.needed, check.liveCount);
    }

    private static final class Check implements PrunedWalk.Visitor<KeyPart> {
        private final Selection selection;
        private final List<KeyPart> needed = new ArrayList<>();

        /** How many entries come before each of the leaves that are shown, and before the next one. */
        private final List<Long> entriesBefore = new ArrayList<>(List.of(0L));

        private long liveCount;

        Check(Selection selection) {
            this.selection = selection;
        }

        @Override
        public void leaf(KeyPart part) throws InvalidProofException {
            long entries = entriesBefore.getLast();
            Summary leaf = part.summary();
            if (selection.span().contains(part.treeKey())) {
                liveCount += leaf.liveCount();
            }
            if (selection.needs(part.treeKey(), leaf, entries)) {
                selection.requireVersions(part, entries);
                needed.add(part);
                entries += selection.isEntry(part) ? 1 : 0;
            } else {
                KeyPart.requireValue(part.requireNewestAlone(), false);
            }
            entriesBefore.add(entries);
        }

        @Override
        public void branch(PrunedWalk.Fork fork) throws InvalidProofException {
            boolean opensRight = opens(fork, 1);
            boolean opensLeft = opens(fork, 0) || !opensRight;
            requireShown(fork.left(), opensLeft);
            requireShown(fork.right(), opensRight);
            count(fork, 0);
            count(fork, 1);
        }

        private boolean opens(PrunedWalk.Fork fork, int bit) {
            PrunedWalk.Side side = fork.side(bit);
            return selection.opens(
                    fork.shownKey(), fork.critBit(), bit, side.summary(), entriesBefore.get(side.leavesBefore()));
        }

        private static void requireShown(PrunedWalk.Side side, boolean isNeeded) throws InvalidProofException {
            if (side.isShown() != isNeeded) {
                throw isNeeded
                        ? new InvalidProofException(Refusal.INCOMPLETE, "a subtree that the answer needs is hidden")
                        : new InvalidProofException(
                                Refusal.SURPLUS, "a subtree is shown that the answer does not need");
            }
        }

        private void count(PrunedWalk.Fork fork, int bit) {
            PrunedWalk.Side side = fork.side(bit);
            SubtreePlace place = SubtreePlace.of(fork.shownKey(), fork.critBit(), bit, selection.span());
            if (!side.isShown() && place == SubtreePlace.WITHIN) {
                liveCount += side.summary().liveCount();
            }
        }
    }
}
