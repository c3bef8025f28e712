package dev.cairn.kv.change;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.Optional;

/** How the records of the ledger are named; docs/changes.md tells what they hold. */
public final class LedgerKeys {
    /** The governance text in force; absent while it is still that of the genesis document. */
    public static final Bytes GOVERNANCE = Bytes.utf8("governance");

    private static final Bytes PENDING = Bytes.utf8("pending/");
    private static final Bytes TEXTS = Bytes.utf8("text/");
    private static final Bytes SETTLED = Bytes.utf8("change/");
    private static final Bytes VALUES = Bytes.utf8("value/");
    private static final Bytes LOG = Bytes.utf8("log/");

    /** The records of all changes that wait. */
    public static final KeySpan ALL_PENDING = KeySpan.prefix(PENDING);

    /** The texts of all changes that wait. */
    public static final KeySpan ALL_TEXTS = KeySpan.prefix(TEXTS);

    /** The records of all changes that were settled and are remembered. */
    public static final KeySpan ALL_SETTLED = KeySpan.prefix(SETTLED);

    /** Which change made which revision. */
    public static final KeySpan ALL_LOGGED = KeySpan.prefix(LOG);

    private LedgerKeys() {}

    /** The {@link PendingRecord} of a change that waits. */
    public static Bytes pending(Digest change) {
        return named(PENDING, change);
    }

    /** The text of a change that waits. */
    public static Bytes text(Digest change) {
        return named(TEXTS, change);
    }

    /** The {@link ChangeRecord} of a change that was settled: until it would expire, of an executed one until it is swept. */
    public static Bytes settled(Digest change) {
        return named(SETTLED, change);
    }

    /** The value of the put at {@code index}, from 0, of a change that waits. */
    public static Bytes value(Digest change, int index) {
        return Bytes.wrap(new ByteWriter(48)
                .putRaw(named(VALUES, change).shared())
                .putInt(index)
                .toArray());
    }

    /** All values of one change that waits. */
    public static KeySpan values(Digest change) {
        return KeySpan.prefix(named(VALUES, change));
    }

    /** The values of its puts from {@code first} up to but without {@code until}. */
    public static KeySpan valuesOf(Digest change, int first, int until) {
        return new KeySpan(value(change, first), Optional.of(value(change, until)));
    }

    /** The digest of the change that made a revision. */
    public static Bytes logged(long revision) {
        return Bytes.wrap(
                new ByteWriter(16).putRaw(LOG.shared()).putLong(revision).toArray());
    }

    /** The revision that a key of {@link #ALL_LOGGED} names. */
    public static long loggedRevision(Bytes key) {
        return BigEndian.getLong(key.shared(), LOG.size());
    }

    private static Bytes named(Bytes kind, Digest change) {
        return Bytes.wrap(new ByteWriter(kind.size() + Digest.BYTES)
                .putRaw(kind.shared())
                .putDigest(change)
                .toArray());
    }
}
