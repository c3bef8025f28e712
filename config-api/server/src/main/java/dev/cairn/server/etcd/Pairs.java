package dev.cairn.server.etcd;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;

/** Keys and values as messages, without a copy. */
public final class Pairs {
    private Pairs() {}

    public static KeyValue of(KeyVersion version, Bytes key, Bytes value) {
        return KeyValue.newBuilder()
                .setKey(string(key))
                .setCreateRevision(version.createRevision())
                .setModRevision(version.modRevision())
                .setVersion(version.version())
                .setLease(version.lease())
                .setValue(string(value))
                .build();
    }

    public static ByteString string(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.shared());
    }
}
