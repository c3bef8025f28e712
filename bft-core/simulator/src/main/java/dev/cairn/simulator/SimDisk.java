package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A replica's log: what was appended, and how much of it an fsync has made durable. A crash may lose the rest, and leave
 * the record that was being written there in part. Tells of each record that has become durable.
 */
final class SimDisk {
    /** What a record's length and checksum show when it is read. */
    private enum Condition {
        WHOLE,
        CUT_SHORT,
        ROTTEN
    }

    private record Sector(LogRecord entry, Condition condition) {}

    private final List<Sector> sectors = new ArrayList<>();
    private final Consumer<LogRecord> onDurable;
    private int durable;
    private boolean full;
    private boolean failing;

    SimDisk(Consumer<LogRecord> onDurable) {
        this.onDurable = onDurable;
    }

    /** False if there is no room. */
    boolean append(LogRecord entry) {
        return !full && sectors.add(new Sector(entry, Condition.WHOLE));
    }

    /** How long the log is; an effect may leave when this much is durable. */
    int appended() {
        return sectors.size();
    }

    int durable() {
        return durable;
    }

    /** False if the fsync failed: nobody knows then what is durable. */
    boolean sync(int length) {
        if (failing) {
            return false;
        }
        while (durable < length) {
            onDurable.accept(sectors.get(durable++).entry());
        }
        return true;
    }

    /**
     * What a starting replica finds. A last record that was cut short was never promised to anyone and is dropped; with
     * any other damage there is no telling which votes are lost, and nothing is to be had.
     */
    Optional<List<LogRecord>> read() {
        if (!sectors.isEmpty() && sectors.getLast().condition() == Condition.CUT_SHORT) {
            sectors.removeLast();
        }
        return isRotten()
                ? Optional.empty()
                : Optional.of(sectors.stream().map(Sector::entry).toList());
    }

    boolean isRotten() {
        return sectors.stream().anyMatch(sector -> sector.condition() == Condition.ROTTEN);
    }

    // What goes wrong.

    /** Some beginning of what was not synced survives; the rest is gone. */
    void crash(SplittableRandom random) {
        keep(durable + random.nextInt(sectors.size() - durable + 1));
    }

    /** As {@link #crash}, and of the first record that is gone a part is there; false if none was being written. */
    boolean tear(SplittableRandom random) {
        if (durable == sectors.size()) {
            return false;
        }
        int kept = durable + random.nextInt(sectors.size() - durable);
        LogRecord torn = sectors.get(kept).entry();
        keep(kept);
        sectors.add(new Sector(torn, Condition.CUT_SHORT));
        return true;
    }

    private void keep(int count) {
        sectors.subList(count, sectors.size()).clear();
        while (durable < count) {
            onDurable.accept(sectors.get(durable++).entry());
        }
    }

    /** A bit of a durable record flips; false if there is none. */
    boolean rot(SplittableRandom random) {
        if (durable == 0) {
            return false;
        }
        int at = random.nextInt(durable);
        sectors.set(at, new Sector(sectors.get(at).entry(), Condition.ROTTEN));
        return true;
    }

    /** An old copy takes the log's place; false if there is none. */
    boolean rollBack(SplittableRandom random) {
        if (durable == 0) {
            return false;
        }
        durable = random.nextInt(durable);
        sectors.subList(durable, sectors.size()).clear();
        return true;
    }

    /** Until further notice nothing can be appended. */
    void setFull(boolean full) {
        this.full = full;
    }

    /** Until further notice no fsync succeeds. */
    void setFailing(boolean failing) {
        this.failing = failing;
    }
}
