package dev.cairn.kv.model;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import java.util.Optional;

/**
 * Keys that have versions. Those of one space lie together in the tree, behind a first byte that neither the other space nor
 * system records have.
 */
public enum Space {
    /** What clients read and write, and all that etcd's API knows of. */
    CLIENTS(0x01),
    /** What the store itself writes of signed changes and of those who sign: read through the native API. */
    LEDGER(0x02);

    /** So many levels of the tree can come to lie above a space, by the first key of another: one for each bit of the first byte. */
    public static final int LEVELS = Byte.SIZE;

    /** All keys that have versions, as tree keys. */
    public static final KeySpan ALL = new KeySpan(CLIENTS.treeKey(Bytes.EMPTY), Optional.of(LEDGER.end()));

    private final int firstByte;

    Space(int firstByte) {
        this.firstByte = firstByte;
    }

    /** That of a tree key, which must be no system record's. */
    public static Space of(Bytes treeKey) {
        return Arrays.stream(values())
                .filter(space -> space.holds(treeKey))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("a key of no space: " + treeKey));
    }

    public boolean holds(Bytes treeKey) {
        return !treeKey.isEmpty() && treeKey.at(0) == firstByte;
    }

    public Bytes treeKey(Bytes key) {
        return Bytes.wrap(new ByteWriter(1 + key.size())
                .putByte(firstByte)
                .putRaw(key.shared())
                .toArray());
    }

    /** The key without the byte of its space. */
    public static Bytes key(Bytes treeKey) {
        return treeKey.slice(1, treeKey.size());
    }

    public KeySpan treeSpan(KeySpan keys) {
        return new KeySpan(
                treeKey(keys.from()),
                Optional.of(keys.until().map(this::treeKey).orElseGet(this::end)));
    }

    private Bytes end() {
        return Bytes.wrap(new byte[] {(byte) (firstByte + 1)});
    }
}
