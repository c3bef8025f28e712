package dev.cairn.simulator;

import dev.cairn.protocol.Transition;
import java.util.List;
import java.util.Locale;
import java.util.LongSummaryStatistics;

/**
 * A run as a page for a browser: a line down for each replica, time downwards, what replicas do beside their line, and a
 * row for each message or broadcast, at the moment it was sent. Stretches in which nothing goes wrong are folded. Needs
 * nothing but itself.
 */
public final class StoryPage {
    private static final int MOST_ROWS = 12_000;

    private static final String STYLE = """
            body{font:13px sans-serif;margin:0 1em}
            code{word-break:break-all}
            td{padding:1px 1em 1px 0}
            svg{display:block;overflow:visible;font:11px monospace;fill:#333}
            svg .time{fill:#888}
            svg .head{font-weight:bold}
            .heads{position:sticky;top:0;background:#fff;border-bottom:1px solid #ccc;min-width:max-content}
            summary{background:#eef2f6;color:#456;padding:3px 8px;cursor:pointer}
            """;

    private StoryPage() {}

    /** The page of an outcome of {@link Simulation#show}. {@code all} shows STATUS and other small talk too. */
    public static String of(Outcome outcome, boolean all) {
        World world = outcome.world();
        List<StoryRows.Row> rows = StoryRows.of(outcome.trace(), all);
        List<StoryRows.Row> shown = rows.subList(0, Math.min(MOST_ROWS, rows.size()));
        StoryDrawing drawing = new StoryDrawing(world.replicas());
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html><meta charset=utf-8><title>Cairn, seed " + world.seed() + "</title>\n")
                .append("<style>\n" + STYLE + "</style>\n")
                .append("<h1>" + escape(outcome.violation().orElse("Every invariant held.")) + "</h1>\n")
                .append("<p><code>" + escape(world.toString()) + "</code></p>\n")
                .append(legend());
        if (shown.size() < rows.size()) {
            page.append("<p>Only the first " + MOST_ROWS + " of " + rows.size() + " rows are shown.</p>\n");
        }
        page.append("<div class=heads>" + drawing.heads(i -> "r" + i + (isByzantine(world, i) ? " lies" : "")))
                .append("</div>\n");
        for (StoryRows.Stretch stretch : StoryRows.stretches(shown)) {
            String svg = drawing.rows(stretch.rows());
            page.append(
                            stretch.isQuiet()
                                    ? "<details><summary>" + summary(stretch) + "</summary>" + svg + "</details>"
                                    : svg)
                    .append('\n');
        }
        return page.toString();
    }

    private static String legend() {
        StringBuilder legend = new StringBuilder("<table>\n");
        for (StoryKind kind : StoryKind.values()) {
            legend.append(String.format(
                    "<tr><td style=color:%s>&#9679; %s<td>%s\n", kind.colour, kind.title, escape(kind.meaning)));
        }
        return legend.append(
                        "</table>\n<p>Time runs downwards; the milliseconds stand at the left. The large dot sends,")
                .append(" at that moment, to the small ones, whether it arrives or not. Beside its line stands what a")
                .append(" replica does: <i>v3</i> is view 3, <i>h7</i> height 7, eight hexadecimal digits are a block.")
                .append(" Yellow: the world begins or ends a fault. Grey: nothing but blocks that come about; click to")
                .append(" unfold.</p>\n")
                .toString();
    }

    private static String summary(StoryRows.Stretch stretch) {
        LongSummaryStatistics heights = new LongSummaryStatistics();
        for (StoryRows.Row row : stretch.rows()) {
            if (row instanceof StoryRows.Told(Trace.Line line)
                    && line.what() instanceof Transition.Committed committed) {
                heights.accept(committed.height().value());
            }
        }
        return String.format(
                Locale.ROOT,
                "%.2f to %.2f ms: %s (%d rows)",
                stretch.rows().getFirst().micros() / 1000.0,
                stretch.rows().getLast().micros() / 1000.0,
                heights.getCount() == 0
                        ? "no block is committed yet"
                        : "h" + heights.getMin() + " to h" + heights.getMax() + " are committed",
                stretch.rows().size());
    }

    private static boolean isByzantine(World world, int replica) {
        return world.byzantine().stream().anyMatch(traits -> traits.replica() == replica);
    }

    private static String escape(String text) {
        return StoryDrawing.escape(text);
    }
}
