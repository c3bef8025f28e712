package dev.cairn.server.upkeep;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.Pairs;
import java.nio.ByteBuffer;

/**
 * A version as etcd's database has it: named by its revision, the place in that, and a mark on tombstones, so that rows sort
 * as changes happened; the value is the pair as a message, of a tombstone the key alone.
 */
final class EtcdRow {
    private static final int REVISION_BYTES = 17;
    private static final char TOMBSTONE = 't';

    private final byte[] name;
    private final byte[] value;

    private EtcdRow(byte[] name, byte[] value) {
        this.name = name;
        this.value = value;
    }

    /** Not to be changed. */
    byte[] name() {
        return name;
    }

    /** Not to be changed. */
    byte[] value() {
        return value;
    }

    static EtcdRow of(KeyVersion version, Bytes value) {
        KeyValue pair = version.isLive()
                ? Pairs.of(version, version.key(), value)
                : KeyValue.newBuilder().setKey(Pairs.string(version.key())).build();
        return new EtcdRow(name(version.modRevision(), version.sub(), !version.isLive()), pair.toByteArray());
    }

    /** A deletion of no key, which no reader sees: it says that revisions have come this far. */
    static EtcdRow filler(long revision) {
        return new EtcdRow(name(revision, 0, true), new byte[0]);
    }

    /** How the meta bucket writes a revision. */
    static byte[] revision(long revision) {
        return name(revision, 0, false);
    }

    private static byte[] name(long revision, long sub, boolean isTombstone) {
        ByteBuffer name = ByteBuffer.allocate(REVISION_BYTES + (isTombstone ? 1 : 0));
        name.putLong(revision).put((byte) '_').putLong(sub);
        if (isTombstone) {
            name.put((byte) TOMBSTONE);
        }
        return name.array();
    }
}
