package dev.cairn.simulator;

import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/**
 * The story of a run, one line for each transition: milliseconds since the beginning, who ({@code r0} a replica, {@code
 * --} the world), what. In it {@code v3} is view 3, {@code h7} height 7, eight hexadecimal digits are a block; {@code
 * CRASH@120+300:5} is a fault that begins at 120 ms, lasts 300 ms and hits the replicas whose bits are set in 5, that is
 * r0 and r2. Messages have no lines, but each one sent goes into {@link #fingerprint}.
 */
public final class Trace {
    private record Line(long micros, String who, Object what) {
        @Override
        public String toString() {
            return String.format("%10.3f %s %s", micros / 1000.0, who, what);
        }
    }

    private final List<Line> lines = new ArrayList<>();
    private long fingerprint;

    void add(long micros, ReplicaId replica, Object what) {
        lines.add(new Line(micros, replica.toString(), what));
    }

    void add(long micros, String what) {
        lines.add(new Line(micros, "--", what));
    }

    void mark(long micros, ReplicaId from, ReplicaId to, Message message) {
        fingerprint = 31 * fingerprint + micros;
        fingerprint = 31 * fingerprint + from.index();
        fingerprint = 31 * fingerprint + to.index();
        fingerprint = 31 * fingerprint + message.getClass().getSimpleName().hashCode();
    }

    /** Every message in its order, with its moment, sender, receiver and kind, folded into one number. */
    public long fingerprint() {
        return fingerprint;
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
