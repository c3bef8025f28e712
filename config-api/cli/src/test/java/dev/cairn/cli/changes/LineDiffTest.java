package dev.cairn.cli.changes;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collections;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class LineDiffTest {
    private static List<String> lines(List<Integer> numbers) {
        return numbers.stream().map(String::valueOf).toList();
    }

    private static List<String> without(LineDiff.Kind kind, List<LineDiff.Line> diff) {
        return diff.stream()
                .filter(line -> line.kind() != kind)
                .map(LineDiff.Line::text)
                .toList();
    }

    @Property(tries = 500)
    void bothSidesAreInItWholeAndInOrder(
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 3) Integer> before,
            @ForAll @Size(max = 12) List<@IntRange(min = 0, max = 3) Integer> after) {
        List<LineDiff.Line> diff = LineDiff.of(lines(before), lines(after));
        assertThat(without(LineDiff.Kind.ADDED, diff)).isEqualTo(lines(before));
        assertThat(without(LineDiff.Kind.REMOVED, diff)).isEqualTo(lines(after));
    }

    /** Against the definition, by trying every subsequence. */
    @Property(tries = 200)
    void asMuchAsCanBeIsInCommon(
            @ForAll @Size(max = 7) List<@IntRange(min = 0, max = 2) Integer> before,
            @ForAll @Size(max = 7) List<@IntRange(min = 0, max = 2) Integer> after) {
        long common = LineDiff.of(lines(before), lines(after)).stream()
                .filter(line -> line.kind() == LineDiff.Kind.BOTH)
                .count();
        assertThat(common).isEqualTo(longestCommon(before, after));
    }

    private static int longestCommon(List<Integer> a, List<Integer> b) {
        if (a.isEmpty() || b.isEmpty()) {
            return 0;
        }
        List<Integer> restOfA = a.subList(1, a.size());
        List<Integer> restOfB = b.subList(1, b.size());
        return a.getFirst().equals(b.getFirst())
                ? 1 + longestCommon(restOfA, restOfB)
                : Math.max(longestCommon(restOfA, b), longestCommon(a, restOfB));
    }

    @Test
    void whatIsTooLongToMatchIsStillShownWhole() {
        List<String> before = Collections.nCopies(3000, "a");
        List<String> after = Collections.nCopies(3000, "b");
        assertThat(LineDiff.of(before, after)).hasSize(6000);
    }
}
