package dev.cairn.cli.imports;

import dev.cairn.cli.Failure;
import dev.cairn.cli.changes.Cluster;
import dev.cairn.cli.changes.Visible;
import dev.cairn.client.Unproven;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.model.Permission;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthRoleGetRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListRequest;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.Permissions;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/**
 * Users and roles that a cluster has already. Nobody proves what there are, so by one replica's word an import is refused, and
 * nothing else: what it does, it does by receipts.
 */
final class UsersThere {
    private static final int ASKED = 4;
    private static final int PATIENCE_SECONDS = 5;

    private final Cluster cluster;

    UsersThere(Cluster cluster) {
        this.cluster = cluster;
    }

    void requireNotAskedFor() throws Failure {
        boolean enabled = ask(
                auth -> auth.authStatus(AuthStatusRequest.getDefaultInstance()).getEnabled());
        if (enabled) {
            throw new Failure(
                    "etcd's permissions are enabled in this cluster already, and an import comes before that; if an"
                            + " import was to enable them, it is complete");
        }
    }

    /** Refuses where imported users would come to hold more than they held, by a name that means more here. */
    void requireNoMoreThan(EtcdAuth auth) throws Failure {
        Set<String> roles = new HashSet<>(ask(
                stub -> stub.roleList(AuthRoleListRequest.getDefaultInstance()).getRolesList()));
        for (EtcdAuth.Role role : auth.roles()) {
            if (roles.contains(role.name().toUtf8()) && !role.name().equals(AuthView.ROOT)) {
                requireNoMoreThan(role);
            }
        }
        Set<String> users = new HashSet<>(ask(
                stub -> stub.userList(AuthUserListRequest.getDefaultInstance()).getUsersList()));
        for (EtcdAuth.User user : auth.users()) {
            if (users.contains(user.name().toUtf8())) {
                requireNoMoreThan(user);
            }
        }
    }

    private void requireNoMoreThan(EtcdAuth.Role role) throws Failure {
        AuthRoleGetRequest request =
                AuthRoleGetRequest.newBuilder().setRole(role.name().toUtf8()).build();
        Set<dev.cairn.proto.authpb.Permission> more =
                new HashSet<>(ask(stub -> stub.roleGet(request).getPermList()));
        for (Permission permission : role.permissions()) {
            more.remove(Permissions.message(permission));
        }
        if (!more.isEmpty()) {
            throw new Failure(
                    "there is a role \"" + shown(role.name()) + "\" already, which has permissions that it has not in"
                            + " the snapshot; delete it, or say --no-users. Nothing was imported");
        }
    }

    private void requireNoMoreThan(EtcdAuth.User user) throws Failure {
        AuthUserGetRequest request =
                AuthUserGetRequest.newBuilder().setName(user.name().toUtf8()).build();
        Set<String> more = new HashSet<>(ask(stub -> stub.userGet(request).getRolesList()));
        List<String> known = user.roles().stream().map(Bytes::toUtf8).toList();
        known.forEach(more::remove);
        if (!more.isEmpty()) {
            throw new Failure(
                    "there is a user \"" + shown(user.name()) + "\" already, with roles that it has not in the"
                            + " snapshot; delete it, or say --no-users. Nothing was imported");
        }
    }

    private static String shown(Bytes name) {
        return Visible.text(name.toUtf8());
    }

    private <T> T ask(Function<AuthGrpc.AuthBlockingStub, T> question) throws Failure {
        for (int asked = 1; ; asked++) {
            Unproven replica = cluster.unproven();
            try {
                return question.apply(AuthGrpc.newBlockingStub(replica.channel())
                        .withDeadlineAfter(PATIENCE_SECONDS, TimeUnit.SECONDS));
            } catch (StatusRuntimeException e) {
                replica.failed().run();
                if (asked == ASKED) {
                    throw new Failure.NoAnswer(
                            "no replica tells of its users: " + why(e.getStatus())
                                    + "; does a quorum run (`cairn status`)? Nothing was imported",
                            e);
                }
            }
        }
    }

    private static String why(Status status) {
        return switch (status.getCode()) {
            case UNAVAILABLE -> "they cannot be reached";
            case DEADLINE_EXCEEDED -> "no answer in " + PATIENCE_SECONDS + " s";
            default -> status.getCode() + " " + status.getDescription();
        };
    }
}
