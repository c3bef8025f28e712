package dev.cairn.kv;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import java.util.Optional;

/** The first byte of every tree key: it keeps system records out of clients' reach. */
final class Space {
    private static final int SYSTEM = 0x00;
    private static final int USER = 0x01;
    private static final int END = 0x02;
    private static final Bytes USER_END = Bytes.wrap(new byte[] {END});

    /** The record of the compaction under way. */
    static final Bytes SWEEP = systemKey("sweep");

    private static final Bytes SESSIONS = systemKey("session/");

    private Space() {}

    static Bytes treeKey(Bytes userKey) {
        return Bytes.wrap(new ByteWriter(1 + userKey.size())
                .putByte(USER)
                .putRaw(userKey.shared())
                .toArray());
    }

    static Bytes userKey(Bytes treeKey) {
        return treeKey.slice(1, treeKey.size());
    }

    static boolean isUser(Bytes treeKey) {
        return !treeKey.isEmpty() && treeKey.at(0) == USER;
    }

    static KeySpan treeSpan(KeySpan user) {
        return new KeySpan(
                treeKey(user.from()),
                Optional.of(user.until().map(Space::treeKey).orElse(USER_END)));
    }

    static KeySpan userSpace() {
        return treeSpan(new KeySpan(Bytes.EMPTY, Optional.empty()));
    }

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
                .putByte(SYSTEM)
                .putRaw(Bytes.utf8(name).shared())
                .toArray());
    }
}
