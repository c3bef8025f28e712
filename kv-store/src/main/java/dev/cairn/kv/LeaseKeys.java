package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/**
 * The tree keys of what the state holds of leases, each a small record: ids and times are their parts, so that bytes
 * sort as they do.
 */
final class LeaseKeys {
    /** There while a lease lives. */
    static final Bytes CLOCK = SystemSpace.systemKey("leaseclock");

    private static final Bytes LEASES = SystemSpace.systemKey("lease/");
    private static final Bytes EXPIRIES = SystemSpace.systemKey("leaseend/");
    private static final Bytes ATTACHED = SystemSpace.systemKey("leasekey/");

    /** Every lease. */
    static final KeySpan ALL = KeySpan.prefix(LEASES);

    /** Every lease, that which ends first before the others. */
    static final KeySpan BY_EXPIRY = KeySpan.prefix(EXPIRIES);

    /**
     * So many levels of the tree can come to lie above the attached keys of a lease: by the first byte, by the names of
     * records, of which each can add one, and by the bits of an id.
     */
    static final int LEVELS = Space.LEVELS + 24 + Long.SIZE;

    private LeaseKeys() {}

    static Bytes lease(long id) {
        return key(LEASES, id);
    }

    static long leaseId(Bytes key) {
        return BigEndian.getLong(key.shared(), key.size() - Long.BYTES);
    }

    /** That the lease ends when the clock shows {@code millis}. */
    static Bytes expiry(long millis, long id) {
        return Bytes.wrap(new ByteWriter(32)
                .putRaw(EXPIRIES.shared())
                .putLong(millis)
                .putLong(id)
                .toArray());
    }

    /** Of the leases that have ended when the clock shows {@code millis}. */
    static KeySpan endedAt(long millis) {
        return new KeySpan(BY_EXPIRY.from(), Optional.of(expiry(millis + 1, 0)));
    }

    /** That a key is attached to the lease. */
    static Bytes attached(long id, Bytes key) {
        Bytes prefix = key(ATTACHED, id);
        return Bytes.wrap(new ByteWriter(prefix.size() + key.size())
                .putRaw(prefix.shared())
                .putRaw(key.shared())
                .toArray());
    }

    static KeySpan attachedTo(long id) {
        return KeySpan.prefix(key(ATTACHED, id));
    }

    /** Those keys of the span that are attached to the lease. */
    static KeySpan attachedTo(long id, KeySpan span) {
        Optional<Bytes> end = span.until().map(key -> attached(id, key));
        return new KeySpan(
                attached(id, span.from()), end.or(() -> attachedTo(id).until()));
    }

    /** The key of a record of {@link #attached}. */
    static Bytes attachedKey(Bytes record) {
        return record.slice(ATTACHED.size() + Long.BYTES, record.size());
    }

    private static Bytes key(Bytes prefix, long id) {
        return Bytes.wrap(new ByteWriter(prefix.size() + Long.BYTES)
                .putRaw(prefix.shared())
                .putLong(id)
                .toArray());
    }
}
