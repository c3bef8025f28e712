package dev.cairn.server.upkeep;

import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.proto.authpb.Role;
import dev.cairn.proto.authpb.User;
import dev.cairn.proto.authpb.UserAddOptions;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.Permissions;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;

/** Users, roles and whether they are asked for, as the rows of etcd's buckets: see {@link EtcdTables}. */
final class EtcdUsers {
    private final AuthView view;

    EtcdUsers(AuthView view) {
        this.view = view;
    }

    Map<String, byte[]> status() {
        AuthStatus status = view.status();
        return new TreeMap<>(Map.of(
                "authEnabled",
                new byte[] {(byte) (status.enabled() ? 1 : 0)},
                "authRevision",
                ByteBuffer.allocate(Long.BYTES).putLong(status.revision()).array()));
    }

    Map<String, byte[]> users() {
        Map<String, byte[]> rows = new TreeMap<>();
        for (Bytes name : view.users()) {
            view.user(name).ifPresent(user -> rows.put(rowName(name), row(user)));
        }
        return rows;
    }

    private byte[] row(dev.cairn.kv.auth.User user) {
        User.Builder row = User.newBuilder()
                .setName(UnsafeByteOperations.unsafeWrap(user.name().shared()))
                .setPassword(UnsafeByteOperations.unsafeWrap(user.passwordHash().shared()))
                .setOptions(UserAddOptions.newBuilder().setNoPassword(user.noPassword()));
        view.rolesOf(user.name()).forEach(role -> row.addRoles(role.toUtf8()));
        return row.build().toByteArray();
    }

    Map<String, byte[]> roles() {
        Map<String, byte[]> rows = new TreeMap<>();
        for (Bytes name : view.roles()) {
            Role.Builder row = Role.newBuilder().setName(UnsafeByteOperations.unsafeWrap(name.shared()));
            view.permissionsOf(name).forEach(permission -> row.addKeyPermission(Permissions.message(permission)));
            rows.put(rowName(name), row.build().toByteArray());
        }
        return rows;
    }

    private static String rowName(Bytes name) {
        return new String(name.shared(), StandardCharsets.ISO_8859_1);
    }
}
