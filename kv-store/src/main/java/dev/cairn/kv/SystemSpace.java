package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import java.util.Optional;

/** The tree keys of system records, whose first byte keeps them out of clients' reach. */
final class SystemSpace {
    private static final int FIRST_BYTE = 0x00;

    /** The record of the compaction under way. */
    static final Bytes SWEEP = systemKey("sweep");

    private static final Bytes SESSIONS = systemKey("session/");

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

    private static Bytes systemKey(String name) {
        return Bytes.wrap(new ByteWriter(16)
                .putByte(FIRST_BYTE)
                .putRaw(Bytes.utf8(name).shared())
                .toArray());
    }
}
