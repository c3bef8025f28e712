package dev.cairn.chaos.conformance;

import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.AlarmMember;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmResponse;
import dev.cairn.proto.etcdserverpb.AuthDisableRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListResponse;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusResponse;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserChangePasswordRequest;
import dev.cairn.proto.etcdserverpb.AuthUserDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetResponse;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListResponse;
import dev.cairn.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import io.grpc.Status.Code;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** What stands in one store, besides keys, when a sequence of calls begins: put there whatever came before. */
final class Beginning {
    /** bcrypt's, of the least cost, in base64: with these in hand no password has to be hashed again and again. */
    static final Map<String, String> HASHES = Map.of(
            "right", "JDJhJDA0JEtCQ3dLeE96TGhhMk1VRGdXMFBqWGVyYm5jRC9Wc2xMaExuMXhqSlNWdjZJZk9vQWlrSFpP",
            "other", "JDJhJDA0JEtCQ3dLeE96TGhhMk1VRGdXMFBqWGU3Z2d6cUdsb28vcGxabzM1SFBPYzJmMFBtSXhla05h");

    /** Everybody's password. */
    static final String PASSWORD = "right";

    /** The users, and the role that each has. */
    static final Map<String, String> USERS = Map.of("root", "root", "ann", "r", "ben", "s");

    private static final List<String> ROLES = List.of("r", "s");

    private Beginning() {}

    /** No permissions are needed, and no alarms are raised. */
    static void open(Endpoint endpoint) {
        disable(endpoint);
        AlarmResponse raised = (AlarmResponse) done(endpoint, AlarmRequest.newBuilder());
        for (AlarmMember alarm : raised.getAlarmsList()) {
            done(
                    endpoint,
                    AlarmRequest.newBuilder()
                            .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                            .setMemberID(alarm.getMemberID())
                            .setAlarm(alarm.getAlarm()));
        }
    }

    private static void disable(Endpoint endpoint) {
        Message request = AuthDisableRequest.getDefaultInstance();
        if (endpoint.call(request).join().code() != Code.OK) {
            String token = HASHES.keySet().stream()
                    .flatMap(password -> endpoint.signIn("root", password).stream())
                    .findFirst()
                    .orElseThrow(() -> new AssertionError(endpoint + ": nobody knows root's password"));
            endpoint.call(request, token).join().message();
        }
    }

    /** The same at both, with {@link #USERS} and nobody else, and the same revision of users and roles. */
    static void withUsers(Pair pair) {
        CompletableFuture<Void> first = CompletableFuture.runAsync(() -> setUsers(pair.reference()));
        setUsers(pair.cairn());
        first.join();
        long behind = authRevision(pair.reference()) - authRevision(pair.cairn());
        for (long i = 0; i < Math.abs(behind); i++) {
            setPassword(behind > 0 ? pair.cairn() : pair.reference(), "root");
        }
    }

    private static void setUsers(Endpoint endpoint) {
        List<String> roles = ((AuthRoleListResponse) done(endpoint, AuthRoleListRequest.newBuilder())).getRolesList();
        for (String role : roles) {
            done(endpoint, AuthRoleDeleteRequest.newBuilder().setRole(role));
        }
        List<String> users = ((AuthUserListResponse) done(endpoint, AuthUserListRequest.newBuilder())).getUsersList();
        for (String user : users) {
            if (!USERS.containsKey(user)) {
                done(endpoint, AuthUserDeleteRequest.newBuilder().setName(user));
            }
        }
        for (String role : ROLES) {
            done(endpoint, AuthRoleAddRequest.newBuilder().setName(role));
        }
        USERS.forEach((user, role) -> setUser(endpoint, user, role, users.contains(user)));
    }

    private static void setUser(Endpoint endpoint, String user, String role, boolean isThere) {
        if (isThere) {
            AuthUserGetResponse found = (AuthUserGetResponse)
                    done(endpoint, AuthUserGetRequest.newBuilder().setName(user));
            for (String held : found.getRolesList()) {
                done(
                        endpoint,
                        AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(held));
            }
            setPassword(endpoint, user);
        } else {
            done(endpoint, AuthUserAddRequest.newBuilder().setName(user).setPassword(PASSWORD));
        }
        done(endpoint, AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role));
    }

    private static void setPassword(Endpoint endpoint, String user) {
        done(
                endpoint,
                AuthUserChangePasswordRequest.newBuilder().setName(user).setHashedPassword(HASHES.get(PASSWORD)));
    }

    private static long authRevision(Endpoint endpoint) {
        return ((AuthStatusResponse) done(endpoint, AuthStatusRequest.newBuilder())).getAuthRevision();
    }

    private static Message done(Endpoint endpoint, Message.Builder request) {
        return endpoint.call(request.build()).join().message();
    }
}
