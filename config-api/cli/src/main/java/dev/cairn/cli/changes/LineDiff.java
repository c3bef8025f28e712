package dev.cairn.cli.changes;

import java.util.ArrayList;
import java.util.List;

/** What turns one list of lines into another: a longest common subsequence, as in a textbook. */
final class LineDiff {
    /** Beyond it the lines that differ are not matched: all are taken out and all put in. 16 MiB of table. */
    private static final long MAX_CELLS = 4 << 20;

    enum Kind {
        BOTH,
        REMOVED,
        ADDED
    }

    record Line(Kind kind, String text) {}

    private LineDiff() {}

    /** Every line of both, those of {@code before} in order and those of {@code after} in order. */
    static List<Line> of(List<String> before, List<String> after) {
        int shorter = Math.min(before.size(), after.size());
        int head = 0;
        while (head < shorter && before.get(head).equals(after.get(head))) {
            head++;
        }
        int tail = 0;
        while (tail < shorter - head
                && before.get(before.size() - 1 - tail).equals(after.get(after.size() - 1 - tail))) {
            tail++;
        }
        List<Line> lines = new ArrayList<>();
        add(lines, Kind.BOTH, before.subList(0, head));
        addMiddle(lines, before.subList(head, before.size() - tail), after.subList(head, after.size() - tail));
        add(lines, Kind.BOTH, before.subList(before.size() - tail, before.size()));
        return lines;
    }

    private static void add(List<Line> lines, Kind kind, List<String> texts) {
        texts.forEach(text -> lines.add(new Line(kind, text)));
    }

    private static void addMiddle(List<Line> lines, List<String> before, List<String> after) {
        if ((long) before.size() * after.size() > MAX_CELLS) {
            add(lines, Kind.REMOVED, before);
            add(lines, Kind.ADDED, after);
            return;
        }
        int[][] common = commonBehind(before, after);
        int i = 0;
        int j = 0;
        while (i < before.size() && j < after.size()) {
            if (before.get(i).equals(after.get(j))) {
                lines.add(new Line(Kind.BOTH, before.get(i)));
                i++;
                j++;
            } else if (common[i + 1][j] >= common[i][j + 1]) {
                lines.add(new Line(Kind.REMOVED, before.get(i++)));
            } else {
                lines.add(new Line(Kind.ADDED, after.get(j++)));
            }
        }
        add(lines, Kind.REMOVED, before.subList(i, before.size()));
        add(lines, Kind.ADDED, after.subList(j, after.size()));
    }

    /** At [i][j], how many lines what is behind i and what is behind j have in common at most. */
    private static int[][] commonBehind(List<String> before, List<String> after) {
        int[][] common = new int[before.size() + 1][after.size() + 1];
        for (int i = before.size() - 1; i >= 0; i--) {
            for (int j = after.size() - 1; j >= 0; j--) {
                common[i][j] = before.get(i).equals(after.get(j))
                        ? common[i + 1][j + 1] + 1
                        : Math.max(common[i + 1][j], common[i][j + 1]);
            }
        }
        return common;
    }
}
