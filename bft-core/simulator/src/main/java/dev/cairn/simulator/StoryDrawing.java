package dev.cairn.simulator;

import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.function.IntFunction;

/** Rows as SVG: a line down for each replica, what one does beside its line, and dots joined by a line for a message. */
final class StoryDrawing {
    private static final int LANE = 190;
    private static final int ROW = 16;
    private static final int LEFT = 90;
    private static final int HEAD = 24;
    private static final String OTHER = "#b0b8c0";

    private final int replicas;

    StoryDrawing(int replicas) {
        this.replicas = replicas;
    }

    /** A row with the replicas' names, to stay in sight. */
    String heads(IntFunction<String> name) {
        StringBuilder svg = open(HEAD);
        for (int i = 0; i < replicas; i++) {
            svg.append(String.format("<text x=%d y=16 class=head>%s</text>", x(i) - 8, escape(name.apply(i))));
        }
        return svg.append("</svg>").toString();
    }

    String rows(List<StoryRows.Row> rows) {
        int height = rows.size() * ROW;
        StringBuilder svg = open(height);
        for (int i = 0; i < replicas; i++) {
            svg.append(String.format("<line x1=%d y1=0 x2=%d y2=%d stroke=#aaa />", x(i), x(i), height));
        }
        for (int i = 0; i < rows.size(); i++) {
            append(svg, rows.get(i), i * ROW);
        }
        return svg.append("</svg>").toString();
    }

    private StringBuilder open(int height) {
        return new StringBuilder(String.format("<svg width=%d height=%d>", LEFT + replicas * LANE, height));
    }

    /** {@code top} is the upper edge of the row. */
    private void append(StringBuilder svg, StoryRows.Row row, int top) {
        String time = String.format(Locale.ROOT, "%.2f", row.micros() / 1000.0);
        switch (row) {
            case StoryRows.Said said -> append(svg, said, top);
            case StoryRows.Told(Trace.Line line)
            when line.who().startsWith("r") -> {
                int lane = x(Integer.parseInt(line.who().substring(1)));
                svg.append(String.format("<text x=%d y=%d>%s</text>", lane + 6, top + 12, text(line)));
            }
            case StoryRows.Told(Trace.Line line) ->
                svg.append(String.format(
                        "<rect x=%d y=%d width=%d height=%d fill=#fff3cd /><text x=%d y=%d>%s</text>",
                        LEFT - 20, top + 1, replicas * LANE, ROW - 2, LEFT - 14, top + 12, text(line)));
        }
        svg.append(String.format("<text x=0 y=%d class=time>%s</text>", top + 12, time));
    }

    private static void append(StringBuilder svg, StoryRows.Said said, int top) {
        String colour = StoryKind.of(said.kind()).map(kind -> kind.colour).orElse(OTHER);
        int from = said.from().index();
        int middle = top + 12;
        svg.append(String.format(
                "<line x1=%d y1=%d x2=%d y2=%d stroke=%s />",
                x(Math.min(from, Collections.min(said.to()))),
                middle,
                x(Math.max(from, Collections.max(said.to()))),
                middle,
                colour));
        svg.append(String.format("<circle cx=%d cy=%d r=4 fill=%s />", x(from), middle, colour));
        for (int to : said.to()) {
            svg.append(String.format("<circle cx=%d cy=%d r=2.5 fill=%s />", x(to), middle, colour));
        }
        svg.append(String.format("<text x=%d y=%d fill=%s>%s</text>", x(from) + 7, middle - 2, colour, said.kind()));
    }

    private static String text(Trace.Line line) {
        return escape(String.valueOf(line.what()));
    }

    private static int x(int replica) {
        return LEFT + replica * LANE;
    }

    static String escape(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }
}
