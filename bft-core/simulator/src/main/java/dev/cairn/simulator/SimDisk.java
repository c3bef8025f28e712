package dev.cairn.simulator;

import dev.cairn.protocol.LogRecord;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/** A replica's log: what was appended, and how much of it an fsync has made durable. A crash may lose the rest. */
final class SimDisk {
    private final List<LogRecord> records = new ArrayList<>();
    private int durable;

    /** Returns the length of the log that must be durable before the record is. */
    int append(LogRecord record) {
        records.add(record);
        return records.size();
    }

    int appended() {
        return records.size();
    }

    int durable() {
        return durable;
    }

    void sync(int length) {
        durable = Math.max(durable, length);
    }

    /** Some beginning of what was not synced survives; the rest is gone. */
    void crash(SplittableRandom random) {
        int kept = durable + random.nextInt(records.size() - durable + 1);
        records.subList(kept, records.size()).clear();
        durable = records.size();
    }

    List<LogRecord> contents() {
        return List.copyOf(records);
    }
}
