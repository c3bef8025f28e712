package dev.cairn.cli.imports;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.WireFormat;
import dev.cairn.kv.model.Permission;
import dev.cairn.proto.authpb.Role;
import dev.cairn.proto.authpb.User;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** The rows of etcd's buckets. What is no such row is refused, by {@link InvalidProtocolBufferException} or one of its kind. */
final class EtcdRows {
    private static final int REVISION_BYTES = 17;
    private static final int LEASE_ID = 1;
    private static final int LEASE_SECONDS = 2;

    private EtcdRows() {}

    /** The name of a row of bucket key. The writes of one transaction have one revision and count up in {@code sub}. */
    record Revision(long main, long sub, boolean isTombstone) {
        static Revision parse(byte[] name) throws InvalidProtocolBufferException {
            boolean isTombstone = name.length == REVISION_BYTES + 1 && name[REVISION_BYTES] == 't';
            if ((name.length != REVISION_BYTES && !isTombstone) || name[Long.BYTES] != '_') {
                throw new InvalidProtocolBufferException("its name is no revision");
            }
            ByteBuffer in = ByteBuffer.wrap(name);
            Revision revision = new Revision(in.getLong(), in.getLong(Long.BYTES + 1), isTombstone);
            if (revision.main < 0 || revision.sub < 0) {
                throw new InvalidProtocolBufferException("its revision is negative");
            }
            return revision;
        }

        /** Of a version that lives. */
        byte[] name() {
            return ByteBuffer.allocate(REVISION_BYTES)
                    .putLong(main)
                    .put((byte) '_')
                    .putLong(sub)
                    .array();
        }
    }

    static KeyValue version(Revision revision, byte[] row) throws InvalidProtocolBufferException {
        KeyValue version = KeyValue.parseFrom(row);
        if (version.getKey().isEmpty()) {
            throw new InvalidProtocolBufferException("it names no key");
        }
        if (!revision.isTombstone() && version.getModRevision() != revision.main()) {
            throw new InvalidProtocolBufferException("it is of revision " + version.getModRevision());
        }
        return version;
    }

    /** The seconds that a lease was granted for. */
    static long leaseSeconds(byte[] name, byte[] row) throws IOException {
        CodedInputStream in = CodedInputStream.newInstance(row);
        long id = 0;
        long seconds = 0;
        for (int tag = in.readTag(); tag != 0; tag = in.readTag()) {
            switch (WireFormat.getTagFieldNumber(tag)) {
                case LEASE_ID -> id = in.readInt64();
                case LEASE_SECONDS -> seconds = in.readInt64();
                default -> in.skipField(tag);
            }
        }
        if (id == 0 || id != leaseId(name) || seconds <= 0) {
            throw new InvalidProtocolBufferException("it is no lease of its name, with a time");
        }
        return seconds;
    }

    static long leaseId(byte[] name) throws InvalidProtocolBufferException {
        if (name.length != Long.BYTES) {
            throw new InvalidProtocolBufferException("its name is no lease's id");
        }
        return ByteBuffer.wrap(name).getLong();
    }

    static EtcdAuth.Role role(byte[] row) throws InvalidProtocolBufferException {
        Role role = Role.parseFrom(row);
        List<Permission> permissions = new ArrayList<>();
        for (dev.cairn.proto.authpb.Permission permission : role.getKeyPermissionList()) {
            permissions.add(new Permission(
                    type(permission.getPermType()), bytes(permission.getKey()), bytes(permission.getRangeEnd())));
        }
        return new EtcdAuth.Role(bytes(role.getName()), permissions);
    }

    private static Permission.Type type(dev.cairn.proto.authpb.Permission.Type type)
            throws InvalidProtocolBufferException {
        return switch (type) {
            case READ -> Permission.Type.READ;
            case WRITE -> Permission.Type.WRITE;
            case READWRITE -> Permission.Type.READWRITE;
            case UNRECOGNIZED -> throw new InvalidProtocolBufferException("it has a permission of no type");
        };
    }

    static EtcdAuth.User user(byte[] row) throws InvalidProtocolBufferException {
        User user = User.parseFrom(row);
        return new EtcdAuth.User(
                bytes(user.getName()),
                bytes(user.getPassword()),
                user.getOptions().getNoPassword(),
                user.getRolesList().stream().map(Bytes::utf8).toList());
    }

    static Bytes bytes(ByteString source) {
        return Bytes.wrap(source.toByteArray());
    }
}
