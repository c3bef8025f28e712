package dev.cairn.server.etcd;

import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.kv.model.Permission;

/** Permissions as etcd's messages have them. */
public final class Permissions {
    private Permissions() {}

    public static dev.cairn.proto.authpb.Permission message(Permission permission) {
        return dev.cairn.proto.authpb.Permission.newBuilder()
                .setPermType(
                        switch (permission.type()) {
                            case READ -> dev.cairn.proto.authpb.Permission.Type.READ;
                            case WRITE -> dev.cairn.proto.authpb.Permission.Type.WRITE;
                            case READWRITE -> dev.cairn.proto.authpb.Permission.Type.READWRITE;
                        })
                .setKey(UnsafeByteOperations.unsafeWrap(permission.key().shared()))
                .setRangeEnd(
                        UnsafeByteOperations.unsafeWrap(permission.rangeEnd().shared()))
                .build();
    }
}
