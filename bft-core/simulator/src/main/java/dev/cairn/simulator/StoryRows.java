package dev.cairn.simulator;

import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a {@link StoryPage} shows, a row each, in the order of time; and which stretches of it are quiet. */
final class StoryRows {
    /** The beginning is shown in any case: how blocks come about where nothing goes wrong. */
    private static final int FIRST = 60;

    /** Shown before and after whatever is not routine. */
    private static final int AROUND = 12;

    private static final int FEWEST_FOLDED = 20;

    sealed interface Row {
        long micros();
    }

    /** A message to one or more replicas. */
    record Said(long micros, ReplicaId from, String kind, Set<Integer> to) implements Row {}

    record Told(Trace.Line line) implements Row {
        @Override
        public long micros() {
            return line.micros();
        }
    }

    /** Rows one after the other. In a quiet stretch there is nothing but blocks that come about. */
    record Stretch(List<Row> rows, boolean isQuiet) {}

    private StoryRows() {}

    /**
     * Transitions and messages in the order of time; sends of one kind by one replica at one moment are one row. {@code all}
     * is with STATUS and other small talk.
     */
    static List<Row> of(Trace trace, boolean all) {
        List<Row> rows = new ArrayList<>();
        for (Trace.Sent sent : trace.sent()) {
            if (!all && StoryKind.of(sent.kind()).isEmpty()) {
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
        rows.sort(Comparator.comparingLong(Row::micros));
        return rows;
    }

    /** All of {@code rows}, each in one stretch. */
    static List<Stretch> stretches(List<Row> rows) {
        BitSet shown = shown(rows);
        List<Stretch> stretches = new ArrayList<>();
        for (int start = 0; start < rows.size(); ) {
            boolean isQuiet = !shown.get(start);
            int end = end(shown, start, rows.size());
            stretches.add(new Stretch(rows.subList(start, end), isQuiet));
            start = end;
        }
        return stretches;
    }

    private static BitSet shown(List<Row> rows) {
        BitSet shown = new BitSet(rows.size());
        shown.set(0, Math.min(FIRST, rows.size()));
        for (int i = 0; i < rows.size(); i++) {
            if (!isRoutine(rows.get(i))) {
                shown.set(Math.max(0, i - AROUND), Math.min(rows.size(), i + AROUND + 1));
            }
        }
        for (int start = shown.nextClearBit(0); start < rows.size(); start = shown.nextClearBit(start)) {
            int end = end(shown, start, rows.size());
            if (end - start < FEWEST_FOLDED) {
                shown.set(start, end);
            }
            start = end;
        }
        return shown;
    }

    /** Of the run of equal bits that begins at {@code start}. */
    private static int end(BitSet bits, int start, int size) {
        int end = bits.get(start) ? bits.nextClearBit(start) : bits.nextSetBit(start);
        return end < 0 ? size : Math.min(end, size);
    }

    private static boolean isRoutine(Row row) {
        return switch (row) {
            case Said said ->
                StoryKind.of(said.kind()).map(StoryKind::isRoutine).orElse(true);
            case Told(Trace.Line line) -> line.what() instanceof Transition transition && isRoutine(transition);
        };
    }

    private static boolean isRoutine(Transition transition) {
        return switch (transition) {
            case Transition.Proposed _,
                    Transition.Voted _,
                    Transition.Prepared _,
                    Transition.Committed _,
                    Transition.CheckpointStable _,
                    Transition.SnapshotPinned _ -> true;
            case Transition.Suspected _,
                    Transition.Resigned _,
                    Transition.ViewChangeStarted _,
                    Transition.ViewEntered _,
                    Transition.CatchingUp _,
                    Transition.SnapshotOffered _,
                    Transition.TransferBegun _,
                    Transition.ChunkStored _,
                    Transition.ChunkRefused _,
                    Transition.TransferAbandoned _,
                    Transition.TransferCompleted _,
                    Transition.Quarantined _ -> false;
        };
    }
}
