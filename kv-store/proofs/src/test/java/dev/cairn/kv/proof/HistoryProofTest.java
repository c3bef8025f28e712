package dev.cairn.kv.proof;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class HistoryProofTest {
    private static List<Digest> versions(int count) {
        return LongStream.range(0, count).mapToObj(i -> new Digest(i, i, i, i)).toList();
    }

    private static MerkleFrontier frontier(List<Digest> versions) {
        MerkleFrontier tree = MerkleFrontier.EMPTY;
        for (Digest version : versions) {
            tree = tree.append(version);
        }
        return tree;
    }

    /** The subtrees behind {@code end}, each from the frontier before its last leaf. */
    private static List<Digest> behind(List<Digest> versions, int end) {
        List<Digest> found = new ArrayList<>();
        for (int next = end; next < versions.size(); ) {
            int levels = HistoryProof.nextLevels(next, versions.size());
            next += 1 << levels;
            found.add(HistoryProof.subtree(frontier(versions.subList(0, next - 1)), versions.get(next - 1), levels));
        }
        return found;
    }

    @Property
    void anyRangeCompletesToTheWholeHistory(
            @ForAll @IntRange(max = 70) int size, @ForAll @IntRange(max = 70) int a, @ForAll @IntRange(max = 70) int b)
            throws InvalidProofException {
        List<Digest> all = versions(size);
        int from = Math.min(Math.min(a, b), size);
        int end = Math.min(Math.max(a, b), size);
        assertThat(HistoryProof.complete(
                        frontier(all.subList(0, from)), all.subList(from, end), behind(all, end), size))
                .isEqualTo(frontier(all));
    }

    @Property
    void tooMuchOrTooLittleIsRefused(
            @ForAll @IntRange(min = 1, max = 70) int size, @ForAll @IntRange(max = 69) int at) {
        List<Digest> all = versions(size);
        int end = at % size;
        List<Digest> behind = behind(all, end);
        MerkleFrontier before = frontier(all.subList(0, end));
        List<Digest> more = new ArrayList<>(behind);
        more.add(Digest.ZERO);
        assertThatThrownBy(() -> HistoryProof.complete(before, List.of(), more, size))
                .isInstanceOf(InvalidProofException.class);
        assertThatThrownBy(() -> HistoryProof.complete(before, List.of(), behind.subList(0, behind.size() - 1), size))
                .isInstanceOf(InvalidProofException.class);
        assertThatThrownBy(() -> HistoryProof.complete(frontier(all), List.of(Digest.ZERO), List.of(), size))
                .isInstanceOf(InvalidProofException.class);
    }
}
