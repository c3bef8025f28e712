package dev.cairn.server;

import com.google.protobuf.ByteString;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.etcdserverpb.AuthEnableRequest;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import io.grpc.Channel;
import io.grpc.Metadata;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;

/** Users of a server that anybody may still change; each one's password is the name. */
record TestUsers(AuthGrpc.AuthBlockingStub auth) {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);

    /** There is root, and no other yet. */
    static TestUsers of(Channel channel) {
        TestUsers users = new TestUsers(AuthGrpc.newBlockingStub(channel));
        users.add("root");
        users.grant("root", "root");
        return users;
    }

    private void add(String name) {
        auth.userAdd(
                AuthUserAddRequest.newBuilder().setName(name).setPassword(name).build());
    }

    private void grant(String user, String role) {
        auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
    }

    /** Somebody who may do that to the keys with the prefix, and to no others. */
    void add(String name, Permission.Type type, String prefix) {
        add(name);
        auth.roleAdd(AuthRoleAddRequest.newBuilder().setName(name).build());
        int last = prefix.length() - 1;
        auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(name)
                .setPerm(Permission.newBuilder()
                        .setPermType(type)
                        .setKey(ByteString.copyFromUtf8(prefix))
                        .setRangeEnd(
                                ByteString.copyFromUtf8(prefix.substring(0, last) + (char) (prefix.charAt(last) + 1))))
                .build());
        grant(name, name);
    }

    void enable() {
        auth.authEnable(AuthEnableRequest.getDefaultInstance());
    }

    String token(String name) {
        return auth.authenticate(AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(name)
                        .build())
                .getToken();
    }

    /** What shows that token. */
    static <S extends AbstractStub<S>> S with(String token, S stub) {
        Metadata headers = new Metadata();
        headers.put(TOKEN, token);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** What the user calls. */
    <S extends AbstractStub<S>> S as(String name, S stub) {
        return with(token(name), stub);
    }
}
