package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.Words.compact;
import static dev.cairn.chaos.conformance.Words.delete;
import static dev.cairn.chaos.conformance.Words.get;
import static dev.cairn.chaos.conformance.Words.key;
import static dev.cairn.chaos.conformance.Words.op;
import static dev.cairn.chaos.conformance.Words.put;
import static dev.cairn.chaos.conformance.Words.range;
import static dev.cairn.chaos.conformance.Words.txn;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.Message;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.authpb.UserAddOptions;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AlarmRequest.AlarmAction;
import dev.cairn.proto.etcdserverpb.AlarmType;
import dev.cairn.proto.etcdserverpb.AuthDisableRequest;
import dev.cairn.proto.etcdserverpb.AuthEnableRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGetRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserChangePasswordRequest;
import dev.cairn.proto.etcdserverpb.AuthUserDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListRequest;
import dev.cairn.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import io.grpc.Status.Code;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each error that users and roles bring, by its code and its text, at a real etcd and at Cairn, in the order of one story. */
class AuthErrorsTest {
    private static final String NO_USER = "user name not found";
    private static final String NO_ROLE = "role name not found";
    private static final String NO_NAME = "user name is empty";
    private static final String DENIED = "permission denied";
    private static final String BAD_TOKEN = "invalid auth token";
    private static final String WRONG = "authentication failed, invalid user ID or password";
    private static final String MANAGEMENT = "invalid auth management";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void usersRolesAndPermissions() throws Exception {
        try (AuthPair pair = new AuthPair(directory, List.of(), "simple")) {
            beforeTheyAreEnabled(pair);
            whoIsNobody(pair);
            whoMayNot(pair);
            whoMayNotWatch(pair);
            whatRootMustNot(pair);
            whomAnAlarmHoldsBackFirst(pair);
            whoseTokenIsVoid(pair);
        }
    }

    private static void beforeTheyAreEnabled(AuthPair pair) {
        pair.fails(Code.FAILED_PRECONDITION, "authentication is not enabled", authenticate("root", "root"));
        pair.fails(Code.FAILED_PRECONDITION, "root user does not exist", enable());
        pair.fails(Code.INVALID_ARGUMENT, NO_NAME, add(""));
        pair.succeeds(add("root"));
        pair.fails(Code.FAILED_PRECONDITION, "user name already exists", add("root"));
        pair.fails(Code.FAILED_PRECONDITION, "root user does not have root role", enable());
        pair.fails(Code.FAILED_PRECONDITION, NO_USER, getUser("nobody"));
        pair.fails(Code.FAILED_PRECONDITION, NO_USER, deleteUser("nobody"));
        pair.fails(Code.FAILED_PRECONDITION, NO_USER, changePassword("nobody"));
        pair.fails(Code.FAILED_PRECONDITION, NO_USER, grant("nobody", "root"));
        pair.fails(Code.FAILED_PRECONDITION, NO_USER, revoke("nobody", "none"));
        pair.fails(Code.FAILED_PRECONDITION, NO_ROLE, grant("root", "none"));
        pair.fails(Code.FAILED_PRECONDITION, "role is not granted to the user", revoke("root", "none"));
        pair.fails(Code.INVALID_ARGUMENT, "role name is empty", addRole(""));
        pair.succeeds(addRole("a"));
        pair.fails(Code.FAILED_PRECONDITION, "role name already exists", addRole("a"));
        pair.fails(Code.FAILED_PRECONDITION, NO_ROLE, getRole("none"));
        pair.fails(
                Code.FAILED_PRECONDITION,
                NO_ROLE,
                AuthRoleDeleteRequest.newBuilder().setRole("none"));
        pair.fails(Code.FAILED_PRECONDITION, NO_ROLE, permit("none", "a", "b"));
        pair.fails(
                Code.INVALID_ARGUMENT,
                "permission not given",
                AuthRoleGrantPermissionRequest.newBuilder().setName("a"));
        pair.fails(Code.INVALID_ARGUMENT, MANAGEMENT, permit("a", "b", "a"));
        pair.fails(Code.FAILED_PRECONDITION, NO_ROLE, forbid("none", "a", "b"));
        pair.fails(Code.FAILED_PRECONDITION, "permission is not granted to the role", forbid("a", "a", "b"));
        pair.succeeds(permit("a", "a", "b"));
        pair.succeeds(add("ann"));
        pair.succeeds(grant("ann", "a"));
        pair.succeeds(AuthUserAddRequest.newBuilder()
                .setName("certified")
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true)));
        pair.succeeds(grant("root", "root"));
        pair.succeeds(enable());
        pair.fails(Code.INVALID_ARGUMENT, NO_NAME, enable());
        pair.succeeds(AuthStatusRequest.newBuilder());
    }

    private static void whoIsNobody(AuthPair pair) {
        pair.fails(Code.INVALID_ARGUMENT, WRONG, authenticate("ann", "wrong"));
        pair.fails(Code.INVALID_ARGUMENT, WRONG, authenticate("ann", ""));
        pair.fails(Code.INVALID_ARGUMENT, WRONG, authenticate("nobody", "nobody"));
        Answer certified = pair.agree(authenticate("certified", "certified"));
        assertThat(certified.code()).isEqualTo(Code.UNKNOWN);
        assertThat(certified.description())
                .isEqualTo("auth: authentication failed, password was given for no password user");
        for (Message.Builder request : List.of(
                get("a"),
                put("a", ""),
                txn(op(get("a"))),
                compact(1),
                add("ben"),
                addRole("b"),
                getUser("ann"),
                LeaseGrantRequest.newBuilder().setTTL(60),
                LeaseRevokeRequest.newBuilder().setID(1),
                LeaseTimeToLiveRequest.newBuilder().setID(1),
                AuthDisableRequest.newBuilder())) {
            pair.as("");
            pair.fails(Code.INVALID_ARGUMENT, NO_NAME, request);
            pair.bringing("junk");
            pair.fails(Code.UNAUTHENTICATED, BAD_TOKEN, request);
        }
    }

    private static void whoMayNot(AuthPair pair) {
        pair.as("ann");
        pair.succeeds(put("a", "1"));
        pair.succeeds(getUser("ann"));
        pair.succeeds(getRole("a"));
        for (Message.Builder request : List.of(
                get("b"),
                range("a", "c"),
                range("a", "\0"),
                put("b", ""),
                txn(op(put("a", "")), op(put("b", ""))),
                compact(1),
                add("ben"),
                deleteUser("ann"),
                changePassword("ann"),
                grant("ann", "root"),
                revoke("ann", "a"),
                getUser("root"),
                getRole("none"),
                addRole("b"),
                permit("a", "a", "c"),
                forbid("a", "a", "b"),
                enable(),
                AuthUserListRequest.newBuilder(),
                AuthRoleListRequest.newBuilder(),
                AuthDisableRequest.newBuilder())) {
            pair.fails(Code.PERMISSION_DENIED, DENIED, request);
        }
    }

    /** jetcd looks for these words. */
    private static void whoMayNotWatch(AuthPair pair) throws InterruptedException {
        WatchCreateRequest.Builder watch = WatchCreateRequest.newBuilder().setKey(key("b"));
        pair.as("ann");
        assertThat(pair.refused(watch))
                .isEqualTo("rpc error: code = PermissionDenied desc = etcdserver: permission denied");
        pair.as("");
        assertThat(pair.refused(watch))
                .isEqualTo("rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
        pair.bringing("junk");
        assertThat(pair.refused(watch))
                .isEqualTo("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
    }

    private static void whatRootMustNot(AuthPair pair) {
        pair.as("root");
        pair.succeeds(enable());
        pair.fails(Code.INVALID_ARGUMENT, MANAGEMENT, deleteUser("root"));
        pair.fails(Code.INVALID_ARGUMENT, MANAGEMENT, revoke("root", "root"));
        pair.fails(
                Code.INVALID_ARGUMENT,
                MANAGEMENT,
                AuthRoleDeleteRequest.newBuilder().setRole("root"));
    }

    private static void whomAnAlarmHoldsBackFirst(AuthPair pair) {
        AlarmRequest.Builder alarm = AlarmRequest.newBuilder().setAlarm(AlarmType.NOSPACE);
        pair.succeeds(alarm.clone().setAction(AlarmAction.ACTIVATE));
        pair.as("ann");
        for (String key : List.of("a", "b")) {
            pair.fails(Code.RESOURCE_EXHAUSTED, "mvcc: database space exceeded", put(key, ""));
        }
        pair.fails(Code.PERMISSION_DENIED, DENIED, delete("b", ""));
        pair.as("root");
        pair.succeeds(alarm.setAction(AlarmAction.DEACTIVATE));
    }

    private static void whoseTokenIsVoid(AuthPair pair) {
        pair.as("ann");
        List<String> old = pair.tokens();
        pair.succeeds(get("a"));
        pair.as("root");
        pair.succeeds(changePassword("ann"));
        pair.bringing(old);
        pair.fails(Code.UNAUTHENTICATED, BAD_TOKEN, get("a"));
        pair.as("ann");
        old = pair.tokens();
        pair.as("root");
        pair.succeeds(deleteUser("ann"));
        pair.bringing(old);
        pair.fails(Code.UNAUTHENTICATED, BAD_TOKEN, get("a"));
        pair.as("root");
        pair.succeeds(AuthDisableRequest.newBuilder());
        pair.bringing("junk");
        pair.succeeds(get("b"));
        pair.succeeds(AuthDisableRequest.newBuilder());
    }

    @Test
    void aWebTokenThatIsOld() throws Exception {
        Path secret = Files.writeString(directory.resolve("secret"), "s".repeat(64));
        List<String> options = List.of("--auth-token=jwt,sign-method=HS256,priv-key=" + secret);
        try (AuthPair pair = new AuthPair(directory, options, "jwt")) {
            pair.succeeds(add("root"));
            pair.succeeds(grant("root", "root"));
            pair.succeeds(enable());
            pair.as("root");
            pair.succeeds(get("a"));
            pair.succeeds(addRole("later"));
            for (Message.Builder request : List.of(get("a"), put("a", ""), txn(op(get("a"))))) {
                pair.fails(Code.INVALID_ARGUMENT, "revision of auth store is old", request);
            }
            assertThat(pair.refused(WatchCreateRequest.newBuilder().setKey(key("a"))))
                    .isEqualTo("rpc error: code = InvalidArgument desc = etcdserver: revision of auth store is old");
            pair.as("root");
            pair.succeeds(get("a"));
        }
    }

    // Short words. Everybody's password is the name.

    private static AuthEnableRequest.Builder enable() {
        return AuthEnableRequest.newBuilder();
    }

    private static AuthenticateRequest.Builder authenticate(String name, String password) {
        return AuthenticateRequest.newBuilder().setName(name).setPassword(password);
    }

    private static AuthUserAddRequest.Builder add(String name) {
        return AuthUserAddRequest.newBuilder().setName(name).setPassword(name);
    }

    private static AuthUserGetRequest.Builder getUser(String name) {
        return AuthUserGetRequest.newBuilder().setName(name);
    }

    private static AuthUserDeleteRequest.Builder deleteUser(String name) {
        return AuthUserDeleteRequest.newBuilder().setName(name);
    }

    private static AuthUserChangePasswordRequest.Builder changePassword(String name) {
        return AuthUserChangePasswordRequest.newBuilder().setName(name).setPassword(name);
    }

    private static AuthUserGrantRoleRequest.Builder grant(String user, String role) {
        return AuthUserGrantRoleRequest.newBuilder().setUser(user).setRole(role);
    }

    private static AuthUserRevokeRoleRequest.Builder revoke(String user, String role) {
        return AuthUserRevokeRoleRequest.newBuilder().setName(user).setRole(role);
    }

    private static AuthRoleAddRequest.Builder addRole(String name) {
        return AuthRoleAddRequest.newBuilder().setName(name);
    }

    private static AuthRoleGetRequest.Builder getRole(String name) {
        return AuthRoleGetRequest.newBuilder().setRole(name);
    }

    private static AuthRoleGrantPermissionRequest.Builder permit(String role, String key, String end) {
        return AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(Permission.newBuilder()
                        .setPermType(Permission.Type.READWRITE)
                        .setKey(key(key))
                        .setRangeEnd(key(end)));
    }

    private static AuthRoleRevokePermissionRequest.Builder forbid(String role, String key, String end) {
        return AuthRoleRevokePermissionRequest.newBuilder()
                .setRole(role)
                .setKey(key(key))
                .setRangeEnd(key(end));
    }
}
