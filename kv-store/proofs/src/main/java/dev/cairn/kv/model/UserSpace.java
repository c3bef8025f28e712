package dev.cairn.kv.model;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** Clients' keys in the tree: each behind a first byte that system records do not have. */
public final class UserSpace {
    private static final int FIRST_BYTE = 0x01;
    private static final Bytes END = Bytes.wrap(new byte[] {FIRST_BYTE + 1});

    /** All clients' keys, as tree keys. */
    public static final KeySpan ALL = treeSpan(new KeySpan(Bytes.EMPTY, Optional.empty()));

    private UserSpace() {}

    public static Bytes treeKey(Bytes userKey) {
        return Bytes.wrap(new ByteWriter(1 + userKey.size())
                .putByte(FIRST_BYTE)
                .putRaw(userKey.shared())
                .toArray());
    }

    /** The key as clients know it. */
    public static Bytes userKey(Bytes treeKey) {
        return treeKey.slice(1, treeKey.size());
    }

    public static KeySpan treeSpan(KeySpan user) {
        return new KeySpan(
                treeKey(user.from()),
                Optional.of(user.until().map(UserSpace::treeKey).orElse(END)));
    }
}
