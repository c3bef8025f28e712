package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/** Every part of the tree of headers is that of the tree that was grown leaf by leaf. */
class HistoryTreeTest {
    private static final int HEIGHT = 2500;
    private static final List<MerkleFrontier> GROWN = grown();

    private static List<MerkleFrontier> grown() {
        List<MerkleFrontier> trees = new ArrayList<>();
        trees.add(MerkleFrontier.EMPTY);
        for (long height = 0; height < HEIGHT; height++) {
            trees.add(trees.getLast().append(block(height)));
        }
        return trees;
    }

    private static Digest block(long height) {
        return new Digest(height, 1, 2, 3);
    }

    /** A chain of which the headers between {@code gap} and {@code anchor} are missing. */
    private record Kept(long gap, long anchor) implements HistoryTree.Source {
        private boolean isHere(long height) {
            return height < gap || height >= anchor;
        }

        @Override
        public Optional<Digest> block(long height) {
            return isHere(height) ? Optional.of(HistoryTreeTest.block(height)) : Optional.empty();
        }

        @Override
        public Optional<MerkleFrontier> stored(long size) {
            assertThat(size % HistoryTree.INTERVAL).isZero();
            return isHere(size) ? Optional.of(GROWN.get((int) size)) : Optional.empty();
        }

        @Override
        public Optional<MerkleFrontier> anchored() {
            return gap < anchor ? Optional.of(GROWN.get((int) anchor)) : Optional.empty();
        }
    }

    @Property(tries = 300)
    void aFillLeadsFromEachTreeToEachLaterOne(
            @ForAll @IntRange(min = 1, max = HEIGHT) int from, @ForAll @IntRange(min = 1, max = HEIGHT) int to)
            throws Exception {
        int first = Math.min(from, to);
        int last = Math.max(from, to);
        HistoryTree tree = new HistoryTree(new Kept(0, 0));
        for (int again = 0; again < 2; again++) {
            List<Digest> fill = tree.fill(first, last).orElseThrow();
            assertThat(fill.size()).isLessThanOrEqualTo(24);
            MerkleFrontier filled = GROWN.get(first);
            for (Digest root : fill) {
                filled = filled.appendSubtree(MerkleFrontier.nextLevels(filled.size(), last), root);
            }
            assertThat(filled).isEqualTo(GROWN.get(last));
        }
    }

    @Property(tries = 300)
    void everyTreeIsFoundAgain(
            @ForAll @LongRange(min = 0, max = HEIGHT) long height,
            @ForAll @LongRange(min = 1, max = HEIGHT) long gap,
            @ForAll @LongRange(min = 1, max = HEIGHT) long anchor)
            throws Exception {
        Optional<MerkleFrontier> found = new HistoryTree(new Kept(gap, anchor)).before(height);
        if (height < gap || height >= anchor) {
            assertThat(found).contains(GROWN.get((int) height));
        } else {
            assertThat(found.orElse(GROWN.get((int) height))).isEqualTo(GROWN.get((int) height));
        }
    }

    @Property(tries = 300)
    void whatIsGivenAcrossAGapIsRightOrNothing(
            @ForAll @IntRange(min = 1, max = HEIGHT) int from,
            @ForAll @IntRange(min = 1, max = HEIGHT) int to,
            @ForAll @LongRange(min = 1, max = HEIGHT) long gap,
            @ForAll @LongRange(min = 1, max = HEIGHT) long anchor)
            throws Exception {
        int first = Math.min(from, to);
        int last = Math.max(from, to);
        Optional<List<Digest>> fill = new HistoryTree(new Kept(gap, anchor)).fill(first, last);
        if (last <= gap || first >= anchor) {
            assertThat(fill).isPresent();
        }
        List<Digest> right = new HistoryTree(new Kept(0, 0)).fill(first, last).orElseThrow();
        assertThat(fill.orElse(right)).isEqualTo(right);
    }
}
