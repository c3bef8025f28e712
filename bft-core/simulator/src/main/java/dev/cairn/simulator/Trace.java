package dev.cairn.simulator;

import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/**
 * The story of a run, a line for each thing worth telling: milliseconds, the replica, what happened ({@code v} a view,
 * {@code h} a height, eight hexadecimal digits a block).
 */
public final class Trace {
    private record Line(long micros, ReplicaId replica, Object what) {
        @Override
        public String toString() {
            return String.format("%10.3f %s %s", micros / 1000.0, replica, what);
        }
    }

    private final List<Line> lines = new ArrayList<>();

    void add(long micros, ReplicaId replica, Object what) {
        lines.add(new Line(micros, replica, what));
    }

    public String last(int count) {
        StringBuilder text = new StringBuilder();
        lines.subList(Math.max(0, lines.size() - count), lines.size())
                .forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    @Override
    public String toString() {
        return last(lines.size());
    }
}
