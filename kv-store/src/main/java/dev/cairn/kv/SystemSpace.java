package dev.cairn.kv;

import dev.cairn.kv.change.PrincipalName;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import java.util.Optional;

/** The tree keys of system records, whose first byte keeps them out of clients' reach. */
final class SystemSpace {
    private static final int FIRST_BYTE = 0x00;

    /** The record of the compaction under way. */
    static final Bytes SWEEP = systemKey("sweep");

    /** How far the forgetting of executed changes has come. */
    static final Bytes CHANGE_SWEEP = systemKey("changesweep");

    /** The alarms that are raised. */
    static final Bytes ALARMS = systemKey("alarms");

    private static final Bytes SESSIONS = systemKey("session/");
    private static final Bytes PUSHED_OUT = systemKey("pushed/");
    private static final Bytes EXPIRIES = systemKey("expiry/");
    private static final Bytes AUTHORED = systemKey("author/");
    private static final Bytes LAST_WRITES = systemKey("written/");

    /** Of all changes that count for somebody. */
    static final KeySpan ALL_AUTHORED = KeySpan.prefix(AUTHORED);

    private SystemSpace() {}

    static Bytes session(ClientId client, long session) {
        return Bytes.wrap(new ByteWriter(32)
                .putRaw(SESSIONS.shared())
                .putInt(client.number())
                .putLong(session)
                .toArray());
    }

    static KeySpan sessionsOf(ClientId client) {
        return new KeySpan(session(client, 0), Optional.of(KeySpan.successor(session(client, -1L))));
    }

    /** When the client last used a session that was pushed out. */
    static Bytes pushedOut(ClientId client) {
        return Bytes.wrap(new ByteWriter(16)
                .putRaw(PUSHED_OUT.shared())
                .putInt(client.number())
                .toArray());
    }

    /** That a change is to be forgotten when its time is over. */
    static Bytes expiry(long seconds, Digest change) {
        return Bytes.wrap(new ByteWriter(64)
                .putRaw(EXPIRIES.shared())
                .putLong(seconds)
                .putDigest(change)
                .toArray());
    }

    /** All of those whose time is over at {@code nowSeconds}. */
    static KeySpan expiredAt(long nowSeconds) {
        return new KeySpan(expiry(0, Digest.ZERO), Optional.of(expiry(nowSeconds + 1, Digest.ZERO)));
    }

    /** The change of a key of {@link #expiry}. */
    static Digest expiring(Bytes key) {
        return Digest.read(key.shared(), key.size() - Digest.BYTES);
    }

    /** That a change counts for what its author may have waiting. */
    static Bytes authored(PrincipalName author, Digest change) {
        return Bytes.wrap(new ByteWriter(128)
                .putRaw(authoredBy(author).from().shared())
                .putDigest(change)
                .toArray());
    }

    static KeySpan authoredBy(PrincipalName author) {
        return KeySpan.prefix(Bytes.wrap(new ByteWriter(96)
                .putRaw(AUTHORED.shared())
                .putBytes(Bytes.utf8(author.text()))
                .toArray()));
    }

    /** The last write that was taken in from a key. */
    static Bytes lastWrite(Digest key) {
        return Bytes.wrap(
                new ByteWriter(64).putRaw(LAST_WRITES.shared()).putDigest(key).toArray());
    }

    static Bytes systemKey(String name) {
        return Bytes.wrap(new ByteWriter(16)
                .putByte(FIRST_BYTE)
                .putRaw(Bytes.utf8(name).shared())
                .toArray());
    }
}
