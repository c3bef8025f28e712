package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;

/**
 * A replica's log: what was appended, and how much of it an fsync has made durable. A crash may lose the rest. Tells of
 * each record that has become durable.
 */
final class SimDisk {
    private final List<LogRecord> records = new ArrayList<>();
    private final Consumer<LogRecord> onDurable;
    private int durable;

    SimDisk(Consumer<LogRecord> onDurable) {
        this.onDurable = onDurable;
    }

    void append(LogRecord entry) {
        records.add(entry);
    }

    /** How long the log is; an effect may leave when this much is durable. */
    int appended() {
        return records.size();
    }

    int durable() {
        return durable;
    }

    void sync(int length) {
        while (durable < length) {
            onDurable.accept(records.get(durable++));
        }
    }

    /** Some beginning of what was not synced survives; the rest is gone. */
    void crash(SplittableRandom random) {
        int kept = durable + random.nextInt(records.size() - durable + 1);
        records.subList(kept, records.size()).clear();
        sync(kept);
    }

    List<LogRecord> contents() {
        return List.copyOf(records);
    }
}
