package dev.cairn.kv.store;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Value;
import dev.cairn.kv.tree.Leaf;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.MerkleFrontier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The bytes of keys and records on disk. Keys sort as the tree does; of one key's versions the newest comes first. */
final class RecordFormat {
    private static final int ESCAPED_ZERO = 0xff;
    static final int VERSION_SUFFIX_BYTES = 12;
    private static final int LIVE_AT = 8 + 8 + 8;
    private static final int INDEX_AT = LIVE_AT + 1;
    private static final int FIXED_BYTES = INDEX_AT + 8;

    private RecordFormat() {}

    // Keys.

    /** The key so that no key's encoding is a prefix of another's: each zero byte escaped, two zero bytes at the end. */
    static byte[] escape(Bytes treeKey) {
        ByteWriter out = new ByteWriter(treeKey.size() + 16);
        for (int i = 0; i < treeKey.size(); i++) {
            out.putByte(treeKey.at(i));
            if (treeKey.at(i) == 0) {
                out.putByte(ESCAPED_ZERO);
            }
        }
        return out.putByte(0).putByte(0).toArray();
    }

    /** Where a scan from {@code bound} starts, or ends: the escaped key without its end marker. */
    static byte[] bound(Bytes bound) {
        byte[] escaped = escape(bound);
        return Arrays.copyOf(escaped, escaped.length - 2);
    }

    static byte[] versionKey(Bytes treeKey, long revision, int sub) {
        byte[] escaped = escape(treeKey);
        byte[] key = Arrays.copyOf(escaped, escaped.length + VERSION_SUFFIX_BYTES);
        BigEndian.putLong(key, escaped.length, ~revision);
        BigEndian.putInt(key, escaped.length + 8, ~sub);
        return key;
    }

    static Bytes treeKeyOf(byte[] versionKey) {
        ByteWriter out = new ByteWriter(versionKey.length);
        int end = versionKey.length - VERSION_SUFFIX_BYTES - 2;
        for (int i = 0; i < end; i++) {
            out.putByte(versionKey[i]);
            i += versionKey[i] == 0 ? 1 : 0;
        }
        return Bytes.wrap(out.toArray());
    }

    static long revisionOf(byte[] versionKey) {
        return ~BigEndian.getLong(versionKey, versionKey.length - VERSION_SUFFIX_BYTES);
    }

    static int subOf(byte[] versionKey) {
        return ~BigEndian.getInt(versionKey, versionKey.length - 4);
    }

    static byte[] changeKey(long revision, int sub) {
        byte[] key = new byte[VERSION_SUFFIX_BYTES];
        BigEndian.putLong(key, 0, revision);
        BigEndian.putInt(key, 8, sub);
        return key;
    }

    // Versions: create revision, version, lease, whether it lives, its history so far, and the value.

    static byte[] version(Leaf leaf, Bytes value) {
        KeyVersion version = leaf.head();
        MerkleFrontier earlier = leaf.history();
        ByteWriter out = new ByteWriter(
                        FIXED_BYTES + Digest.BYTES * earlier.peaks().size() + value.size())
                .putLong(version.createRevision())
                .putLong(version.version())
                .putLong(version.lease())
                .putByte(version.isLive() ? 1 : 0)
                .putLong(earlier.size());
        earlier.peaks().forEach(out::putDigest);
        return out.putRaw(value.shared()).toArray();
    }

    static KeyVersion readVersion(byte[] versionKey, byte[] record) {
        Bytes treeKey = treeKeyOf(versionKey);
        long revision = revisionOf(versionKey);
        int sub = subOf(versionKey);
        if (!isLive(record)) {
            return KeyVersion.tombstone(treeKey, revision, sub);
        }
        return KeyVersion.put(
                treeKey,
                revision,
                sub,
                BigEndian.getLong(record, 0),
                BigEndian.getLong(record, 8),
                BigEndian.getLong(record, 16),
                Value.of(valueOf(record)));
    }

    static boolean isLive(byte[] versionRecord) {
        return versionRecord[LIVE_AT] != 0;
    }

    /** How many versions came before this one. */
    static long indexOf(byte[] versionRecord) {
        return BigEndian.getLong(versionRecord, INDEX_AT);
    }

    /** The history before this version. */
    static MerkleFrontier earlierOf(byte[] versionRecord) {
        long size = indexOf(versionRecord);
        return new MerkleFrontier(size, peaks(versionRecord, FIXED_BYTES, size));
    }

    static Bytes valueOf(byte[] record) {
        int at = FIXED_BYTES + Digest.BYTES * Long.bitCount(indexOf(record));
        return Bytes.wrap(Arrays.copyOfRange(record, at, record.length));
    }

    private static List<Digest> peaks(byte[] record, int at, long historySize) {
        List<Digest> peaks = new ArrayList<>();
        for (int i = 0; i < Long.bitCount(historySize); i++) {
            peaks.add(Digest.read(record, at + i * Digest.BYTES));
        }
        return peaks;
    }

    // Heads.

    /** {@code inline} is the value itself for system records, which have no versions, and empty for clients' keys. */
    static byte[] head(Leaf leaf, Bytes inline) {
        KeyVersion head = leaf.head();
        MerkleFrontier history = leaf.history();
        ByteWriter out = new ByteWriter(
                        128 + inline.size() + Digest.BYTES * history.peaks().size())
                .putBytes(head.treeKey())
                .putLong(head.modRevision())
                .putInt(head.sub())
                .putLong(head.createRevision())
                .putLong(head.version())
                .putLong(head.lease())
                .putByte(head.isLive() ? 1 : 0)
                .putInt(head.value().length())
                .putDigest(head.value().digest())
                .putLong(history.size());
        history.peaks().forEach(out::putDigest);
        return out.putRaw(inline.shared()).toArray();
    }

    static Leaf readHead(byte[] record) {
        int keyLength = BigEndian.getInt(record, 0);
        Bytes treeKey = Bytes.wrap(Arrays.copyOfRange(record, 4, 4 + keyLength));
        int at = 4 + keyLength;
        long modRevision = BigEndian.getLong(record, at);
        int sub = BigEndian.getInt(record, at + 8);
        boolean live = record[at + 36] != 0;
        int valueLength = BigEndian.getInt(record, at + 37);
        Digest valueDigest = Digest.read(record, at + 41);
        long historySize = BigEndian.getLong(record, at + 73);
        at += 81;
        int fields = at - 81;
        List<Digest> peaks = peaks(record, at, historySize);
        at += Digest.BYTES * peaks.size();
        Value value = at < record.length
                ? Value.of(Bytes.wrap(Arrays.copyOfRange(record, at, record.length)))
                : Value.onDisk(valueDigest, valueLength);
        KeyVersion head = live
                ? KeyVersion.put(
                        treeKey,
                        modRevision,
                        sub,
                        BigEndian.getLong(record, fields + 12),
                        BigEndian.getLong(record, fields + 20),
                        BigEndian.getLong(record, fields + 28),
                        value)
                : KeyVersion.tombstone(treeKey, modRevision, sub);
        return new Leaf(head, new MerkleFrontier(historySize, peaks));
    }
}
