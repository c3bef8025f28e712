package dev.cairn.kv;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;

/** What the state holds of a lease beside its id: its whole time, and what the lease clock shows when it ends. */
record LeaseRecord(long grantedSeconds, long endMillis) {
    private static final int BYTES = 16;

    Bytes encode() {
        return Bytes.wrap(
                new ByteWriter(BYTES).putLong(grantedSeconds).putLong(endMillis).toArray());
    }

    static LeaseRecord decode(Bytes record) {
        return new LeaseRecord(BigEndian.getLong(record.shared(), 0), BigEndian.getLong(record.shared(), 8));
    }

    static LeaseRecord of(KeyVersion system) {
        return decode(system.value()
                .resident()
                .orElseThrow(() -> new IllegalStateException("system records stay in memory")));
    }
}
