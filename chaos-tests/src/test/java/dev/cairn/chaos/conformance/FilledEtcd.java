package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.etcdserverpb.AuthEnableRequest;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGetRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListRequest;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.mvccpb.KeyValue;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.stub.MetadataUtils;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A real etcd with some of everything, and its snapshot. */
final class FilledEtcd implements AutoCloseable {
    static final Map<Long, Long> LEASES = Map.of(0x1234567890abcdefL, 3600L, -7L, 60L, 42L, 1000L);

    private static final ByteString ALL = ByteString.copyFrom(new byte[1]);

    private final ReferenceEtcd etcd;
    private final Path snapshot;
    private final List<KeyValue> contents;
    private final long revision;
    private final Map<String, Object> users;

    FilledEtcd(Path directory) throws Exception {
        Path binary = ReferenceEtcd.binary();
        Files.createDirectories(directory);
        etcd = new ReferenceEtcd(binary, directory.resolve("data"), List.of("--unsafe-no-fsync", "--bcrypt-cost=4"));
        try (Endpoint endpoint = new Endpoint("etcd", etcd.address())) {
            fillKeys(endpoint.channel());
            fillUsers(endpoint.channel());
            Channel root = as(endpoint, "root");
            RangeResponse all = KVGrpc.newBlockingStub(root)
                    .range(RangeRequest.newBuilder()
                            .setKey(ALL)
                            .setRangeEnd(ALL)
                            .build());
            contents = all.getKvsList();
            revision = all.getHeader().getRevision();
            users = users(root);
        }
        snapshot = directory.resolve("snapshot.db");
        Etcdctl.Printed saved = new Etcdctl(binary.resolveSibling("etcdctl"), etcd.address(), directory)
                .type(Etcdctl.Command.parse("--user root:root snapshot save " + snapshot));
        assertThat(saved.raw()).endsWith("exit code 0");
    }

    Path snapshot() {
        return snapshot;
    }

    List<KeyValue> contents() {
        return contents;
    }

    long revision() {
        return revision;
    }

    Map<String, Object> users() {
        return users;
    }

    private static void fillKeys(Channel channel) {
        LEASES.forEach((id, seconds) -> {
            var _ = LeaseGrpc.newBlockingStub(channel)
                    .leaseGrant(LeaseGrantRequest.newBuilder()
                            .setID(id)
                            .setTTL(seconds)
                            .build());
        });
        for (int i = 0; i < 40; i++) {
            put(channel, ByteString.copyFromUtf8("app/" + i % 15), "value " + i);
        }
        put(channel, ByteString.copyFromUtf8("big"), "b".repeat(1_200_000));
        put(channel, ByteString.copyFromUtf8("gone"), "1");
        put(channel, ByteString.copyFrom(new byte[] {0, (byte) 0xff, '/'}), "");
        KVGrpc.KVBlockingStub kv = KVGrpc.newBlockingStub(channel);
        var _ = kv.compact(CompactionRequest.newBuilder().setRevision(20).build());
        TxnRequest.Builder leased = TxnRequest.newBuilder();
        for (int i = 0; i < 6; i++) {
            leased.addSuccess(RequestOp.newBuilder()
                    .setRequestPut(PutRequest.newBuilder()
                            .setKey(ByteString.copyFromUtf8("leased/" + i))
                            .setLease(i % 2 == 0 ? -7 : 42)));
        }
        var _ = kv.txn(leased.build());
        var _ = kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(ByteString.copyFromUtf8("gone"))
                .build());
    }

    private static void fillUsers(Channel channel) {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        role(channel, "reader", "app/");
        var _ = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("idle").build());
        var _ = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("root").build());
        Map<String, String> roles = Map.of("root", "root", "ann", "reader", "bob", "reader");
        roles.forEach((user, role) -> {
            var _ = auth.userAdd(AuthUserAddRequest.newBuilder()
                    .setName(user)
                    .setPassword(user)
                    .build());
            var _ = auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                    .setUser(user)
                    .setRole(role)
                    .build());
        });
        var _ = auth.authEnable(AuthEnableRequest.getDefaultInstance());
    }

    /** A role that reads below a prefix. */
    static void role(Channel channel, String name, String prefix) {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(channel);
        var _ = auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
        var _ = auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(name)
                .setPerm(Permission.newBuilder()
                        .setPermType(Permission.Type.READ)
                        .setKey(ByteString.copyFromUtf8(prefix))
                        .setRangeEnd(ByteString.copyFromUtf8(prefix.replace('/', '0'))))
                .build());
    }

    static void put(Channel channel, ByteString key, String value) {
        var _ = KVGrpc.newBlockingStub(channel)
                .put(PutRequest.newBuilder()
                        .setKey(key)
                        .setValue(ByteString.copyFromUtf8(value))
                        .build());
    }

    /** Calls of the user, whose password is the name. */
    static Channel as(Endpoint endpoint, String user) {
        return as(endpoint, user, user);
    }

    static Channel as(Endpoint endpoint, String user, String password) {
        String token = AuthGrpc.newBlockingStub(endpoint.channel())
                .authenticate(AuthenticateRequest.newBuilder()
                        .setName(user)
                        .setPassword(password)
                        .build())
                .getToken();
        Metadata headers = new Metadata();
        headers.put(Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER), token);
        return ClientInterceptors.intercept(endpoint.channel(), MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** All users with their roles, and all roles with their permissions. */
    static Map<String, Object> users(Channel root) {
        AuthGrpc.AuthBlockingStub auth = AuthGrpc.newBlockingStub(root);
        Map<String, Object> all = new TreeMap<>();
        for (String user :
                auth.userList(AuthUserListRequest.getDefaultInstance()).getUsersList()) {
            all.put(
                    "user " + user,
                    List.copyOf(auth.userGet(AuthUserGetRequest.newBuilder()
                                    .setName(user)
                                    .build())
                            .getRolesList()));
        }
        for (String role :
                auth.roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList()) {
            all.put(
                    "role " + role,
                    List.copyOf(auth.roleGet(AuthRoleGetRequest.newBuilder()
                                    .setRole(role)
                                    .build())
                            .getPermList()));
        }
        return all;
    }

    @Override
    public void close() {
        etcd.close();
    }
}
