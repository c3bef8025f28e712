package dev.cairn.simulator;

import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The story of a run, one line for each transition: milliseconds since the beginning, who ({@code r0} a replica, {@code
 * --} the world), what. In it {@code v3} is view 3, {@code h7} height 7, eight hexadecimal digits are a block; {@code
 * CRASH@120+300:5} is a fault that begins at 120 ms, lasts 300 ms and hits the replicas whose bits are set in 5, that is
 * r0 and r2. Messages have no lines, but each one sent goes into {@link #fingerprint}.
 */
public final class Trace {
    record Line(long micros, String who, Object what) {
        @Override
        public String toString() {
            return String.format("%10.3f %s %s", micros / 1000.0, who, what);
        }
    }

    /** A message's way onto the network. */
    record Sent(long micros, ReplicaId from, ReplicaId to, String kind) {}

    /** More than anybody looks at. */
    private static final int MOST_SENT = 20_000;

    private final List<Line> lines = new ArrayList<>();
    private final List<Sent> sent = new ArrayList<>();
    private final boolean keepsMessages;
    private long fingerprint;

    Trace(boolean keepsMessages) {
        this.keepsMessages = keepsMessages;
    }

    void add(long micros, ReplicaId replica, Object what) {
        lines.add(new Line(micros, replica.toString(), what));
    }

    void add(long micros, String what) {
        lines.add(new Line(micros, "--", what));
    }

    void mark(long micros, ReplicaId from, ReplicaId to, Message message) {
        if (keepsMessages && sent.size() < MOST_SENT) {
            sent.add(new Sent(micros, from, to, message.getClass().getSimpleName()));
        }
        fingerprint = 31 * fingerprint + micros;
        fingerprint = 31 * fingerprint + from.index();
        fingerprint = 31 * fingerprint + to.index();
        fingerprint = 31 * fingerprint + message.getClass().getSimpleName().hashCode();
    }

    /** Every message in its order, with its moment, sender, receiver and kind, folded into one number. */
    public long fingerprint() {
        return fingerprint;
    }

    List<Line> lines() {
        return Collections.unmodifiableList(lines);
    }

    List<Sent> sent() {
        return Collections.unmodifiableList(sent);
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
