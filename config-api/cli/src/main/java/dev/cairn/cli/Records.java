package dev.cairn.cli;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;

/** Proven keys and values in etcd's words, which all output speaks. */
final class Records {
    private Records() {}

    static KeyValue of(dev.cairn.kv.model.KeyValue record, boolean keyOnly) {
        return KeyValue.newBuilder()
                .setKey(raw(record.key()))
                .setCreateRevision(record.createRevision())
                .setModRevision(record.modRevision())
                .setVersion(record.version())
                .setLease(record.lease())
                .setValue(keyOnly ? ByteString.EMPTY : raw(record.value()))
                .build();
    }

    /** A change; a delete has no more than its key and revision. */
    static KeyValue of(KeyVersion change) {
        return KeyValue.newBuilder()
                .setKey(raw(change.key()))
                .setCreateRevision(change.createRevision())
                .setModRevision(change.modRevision())
                .setVersion(change.version())
                .setLease(change.lease())
                .setValue(raw(change.value().resident().orElse(Bytes.EMPTY)))
                .build();
    }

    private static ByteString raw(Bytes bytes) {
        return UnsafeByteOperations.unsafeWrap(bytes.shared());
    }
}
