package dev.cairn.kv;

import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;

/**
 * The clock by which leases end. It goes on with the times of blocks, by a second at most from one to the next: however
 * long nothing could be committed, to the leases it was a second. It stands still while there is no lease, and begins
 * anew with the first.
 *
 * @param nanos what it shows
 * @param blockNanos the time of the block that brought it there
 */
record LeaseClock(long nanos, long blockNanos) {
    static final long MAX_STEP_NANOS = 1_000_000_000L;

    private static final long NANOS_PER_MILLI = 1_000_000L;

    static LeaseClock beginning(long blockNanos) {
        return new LeaseClock(0, blockNanos);
    }

    LeaseClock at(long timeNanos) {
        long step = Math.min(MAX_STEP_NANOS, Math.max(0, timeNanos - blockNanos));
        return new LeaseClock(nanos + step, timeNanos);
    }

    /** The whole milliseconds that have passed. */
    long millis() {
        return Math.floorDiv(nanos, NANOS_PER_MILLI);
    }

    /** What it shows when {@code seconds} have passed, or a little later; never before. */
    long millisAfter(long seconds) {
        return Math.ceilDiv(nanos, NANOS_PER_MILLI) + 1000 * seconds;
    }

    Bytes encode() {
        return Bytes.wrap(new ByteWriter(16).putLong(nanos).putLong(blockNanos).toArray());
    }

    static LeaseClock decode(Bytes record) {
        return new LeaseClock(BigEndian.getLong(record.shared(), 0), BigEndian.getLong(record.shared(), 8));
    }
}
