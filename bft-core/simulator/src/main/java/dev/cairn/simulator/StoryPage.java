package dev.cairn.simulator;

import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * A run as a page for a browser: a line down for each replica, time downwards, what replicas do beside their line, and a
 * row of arrows for each message or broadcast, at the moment it was sent. Needs nothing but itself.
 */
public final class StoryPage {
    private static final int LANE = 190;
    private static final int ROW = 16;
    private static final int LEFT = 90;
    private static final int TOP = 40;
    private static final int MOST_ROWS = 4000;

    private static final Map<String, String> COLOURS = Map.of(
            "PrePrepare", "#1f4e9c",
            "Prepare", "#2a8f5b",
            "Commit", "#b5651d",
            "Suspect", "#c0392b",
            "ViewChange", "#8e44ad",
            "NewView", "#d81b60");
    private static final String OTHER = "#b0b8c0";

    private interface Row {
        long micros();
    }

    private record Said(long micros, ReplicaId from, String kind, Set<Integer> to) implements Row {}

    private record Told(Trace.Line line) implements Row {
        @Override
        public long micros() {
            return line.micros();
        }
    }

    private StoryPage() {}

    /** The page of an outcome of {@link Simulation#show}. {@code all} shows STATUS and other small talk too. */
    public static String of(Outcome outcome, boolean all) {
        List<Row> rows = rows(outcome.trace(), all);
        boolean cut = rows.size() > MOST_ROWS;
        List<Row> shown = cut ? rows.subList(0, MOST_ROWS) : rows;
        int width = LEFT + outcome.world().replicas() * LANE;
        int height = TOP + (shown.size() + 1) * ROW;
        StringBuilder page = new StringBuilder();
        page.append("<!doctype html><meta charset=utf-8><title>Cairn, seed ")
                .append(outcome.world().seed())
                .append("</title><style>body{font:13px sans-serif;margin:1em}svg text{font:11px monospace}")
                .append("code{word-break:break-all}</style><h1>")
                .append(escape(outcome.violation().orElse("Every invariant held.")))
                .append("</h1><p><code>")
                .append(escape(outcome.world().toString()))
                .append("</code></p><p>");
        COLOURS.keySet().stream()
                .sorted()
                .forEach(kind -> page.append("<span style=color:")
                        .append(COLOURS.get(kind))
                        .append(">&#9632; ")
                        .append(kind)
                        .append("</span> "));
        page.append(cut ? "</p><p>Only the first " + MOST_ROWS + " rows are shown.</p>" : "</p>");
        page.append(String.format(Locale.ROOT, "<svg width=%d height=%d>", width, height));
        for (int i = 0; i < outcome.world().replicas(); i++) {
            page.append(String.format(
                    Locale.ROOT,
                    "<line x1=%d y1=%d x2=%d y2=%d stroke=#888 /><text x=%d y=20>r%d%s</text>",
                    x(i),
                    TOP - 12,
                    x(i),
                    height,
                    x(i) - 8,
                    i,
                    isByzantine(outcome, i) ? " lies" : ""));
        }
        for (int i = 0; i < shown.size(); i++) {
            append(page, shown.get(i), TOP + i * ROW, outcome.world().replicas());
        }
        return page.append("</svg>\n").toString();
    }

    private static boolean isByzantine(Outcome outcome, int replica) {
        return outcome.world().byzantine().stream().anyMatch(traits -> traits.replica() == replica);
    }

    /** Transitions and messages in the order of time; sends of one kind by one replica at one moment are one row. */
    private static List<Row> rows(Trace trace, boolean all) {
        List<Row> rows = new ArrayList<>();
        for (Trace.Sent sent : trace.sent()) {
            if (!all && !COLOURS.containsKey(sent.kind())) {
                continue;
            }
            Row last = rows.isEmpty() ? null : rows.getLast();
            if (last instanceof Said said
                    && said.micros() == sent.micros()
                    && said.from().equals(sent.from())
                    && said.kind().equals(sent.kind())) {
                said.to().add(sent.to().index());
            } else {
                Set<Integer> to = new LinkedHashSet<>();
                to.add(sent.to().index());
                rows.add(new Said(sent.micros(), sent.from(), sent.kind(), to));
            }
        }
        trace.lines().forEach(line -> rows.add(new Told(line)));
        rows.sort((a, b) -> Long.compare(a.micros(), b.micros()));
        return rows;
    }

    private static void append(StringBuilder page, Row row, int y, int replicas) {
        page.append(String.format(Locale.ROOT, "<text x=0 y=%d fill=#888>%.2f</text>", y, row.micros() / 1000.0));
        if (row instanceof Told(Trace.Line line)) {
            int lane = line.who().startsWith("r") ? Integer.parseInt(line.who().substring(1)) : -1;
            String text = escape(String.valueOf(line.what()));
            page.append(
                    lane < 0
                            ? String.format(
                                    Locale.ROOT,
                                    "<rect x=%d y=%d width=%d height=%d fill=#fff3cd /><text x=%d y=%d>%s</text>",
                                    LEFT - 20,
                                    y - 11,
                                    replicas * LANE,
                                    ROW - 2,
                                    LEFT,
                                    y,
                                    text)
                            : String.format(Locale.ROOT, "<text x=%d y=%d fill=#333>%s</text>", x(lane) + 6, y, text));
        } else if (row instanceof Said said) {
            String colour = COLOURS.getOrDefault(said.kind(), OTHER);
            int from = x(said.from().index());
            page.append(String.format(
                    Locale.ROOT,
                    "<circle cx=%d cy=%d r=3 fill=%s /><title>%s</title>",
                    from,
                    y - 4,
                    colour,
                    said.kind()));
            for (int to : said.to()) {
                int tip = x(to) + (to > said.from().index() ? -4 : 4);
                page.append(String.format(
                        Locale.ROOT,
                        "<line x1=%d y1=%d x2=%d y2=%d stroke=%s /><circle cx=%d cy=%d r=2 fill=%s />",
                        from,
                        y - 4,
                        tip,
                        y - 4,
                        colour,
                        tip,
                        y - 4,
                        colour));
            }
            page.append(String.format(
                    Locale.ROOT, "<text x=%d y=%d fill=%s>%s</text>", from + 6, y - 5, colour, said.kind()));
        }
    }

    private static int x(int replica) {
        return LEFT + replica * LANE;
    }

    private static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
