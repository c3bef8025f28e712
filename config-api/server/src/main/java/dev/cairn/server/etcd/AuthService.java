package dev.cairn.server.etcd;

import com.google.protobuf.ByteString;
import dev.cairn.kv.auth.AuthStatus;
import dev.cairn.kv.auth.AuthView;
import dev.cairn.kv.auth.Authoriser;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.auth.User;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Permission;
import dev.cairn.proto.etcdserverpb.AuthDisableRequest;
import dev.cairn.proto.etcdserverpb.AuthDisableResponse;
import dev.cairn.proto.etcdserverpb.AuthEnableRequest;
import dev.cairn.proto.etcdserverpb.AuthEnableResponse;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleAddResponse;
import dev.cairn.proto.etcdserverpb.AuthRoleDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleDeleteResponse;
import dev.cairn.proto.etcdserverpb.AuthRoleGetRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGetResponse;
import dev.cairn.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGrantPermissionResponse;
import dev.cairn.proto.etcdserverpb.AuthRoleListRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListResponse;
import dev.cairn.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleRevokePermissionResponse;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusResponse;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserAddResponse;
import dev.cairn.proto.etcdserverpb.AuthUserChangePasswordRequest;
import dev.cairn.proto.etcdserverpb.AuthUserChangePasswordResponse;
import dev.cairn.proto.etcdserverpb.AuthUserDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthUserDeleteResponse;
import dev.cairn.proto.etcdserverpb.AuthUserGetRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetResponse;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleResponse;
import dev.cairn.proto.etcdserverpb.AuthUserListRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListResponse;
import dev.cairn.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthUserRevokeRoleResponse;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.Background;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.auth.Identity;
import dev.cairn.server.auth.Passwords;
import dev.cairn.server.auth.Tokens;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import io.grpc.stub.StreamObserver;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * etcd's Auth service: changes go through the log, which gets hashes of passwords and never a password; questions are
 * linearizable. Runs on the transport's threads and blocks none of them.
 */
public final class AuthService extends AuthGrpc.AuthImplBase {
    private static final dev.cairn.proto.authpb.Permission ROOT_PERMISSION =
            dev.cairn.proto.authpb.Permission.newBuilder()
                    .setPermType(dev.cairn.proto.authpb.Permission.Type.READWRITE)
                    .setRangeEnd(ByteString.copyFrom(new byte[1]))
                    .build();

    private final Gateway gateway;
    private final ReadIndex readIndex;
    private final Store store;
    private final Access access;
    private final Headers headers;
    private final Background background;
    private final Passwords passwords;
    private final Tokens tokens;

    /**
     * Serves from the start.
     *
     * @param background answers what is asked of users and roles
     */
    public AuthService(
            Gateway gateway,
            ReadIndex readIndex,
            Store store,
            Access access,
            Headers headers,
            Background background,
            Passwords passwords,
            Tokens tokens) {
        this.gateway = gateway;
        this.readIndex = readIndex;
        this.store = store;
        this.access = access;
        this.headers = headers;
        this.background = background;
        this.passwords = passwords;
        this.tokens = tokens;
    }

    // Who somebody is.

    @Override
    public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> observer) {
        Reply<AuthenticateResponse> reply = new Reply<>(observer, _ -> null, background);
        readIndex.await(new ReadCall(() -> authenticate(request, reply), reply));
    }

    private void authenticate(AuthenticateRequest request, Reply<AuthenticateResponse> reply) {
        AuthView view = store.committed().auth();
        if (!view.status().enabled()) {
            reply.fail(EtcdError.AUTH_NOT_ENABLED);
            return;
        }
        Optional<User> found = view.user(Bytes.utf8(request.getName()));
        if (found.isEmpty()) {
            reply.fail(EtcdError.AUTH_FAILED);
            return;
        }
        User user = found.get();
        if (user.noPassword()) {
            reply.fail(EtcdError.NO_PASSWORD_USER);
            return;
        }
        boolean taken = passwords.check(request.getPassword(), user.passwordHash(), reply::isAbandoned, isRight -> {
            if (isRight) {
                reply.owedBy(() -> admit(user, request, reply));
            } else {
                reply.fail(EtcdError.AUTH_FAILED);
            }
        });
        if (!taken) {
            reply.fail(EtcdError.TOO_MANY_REQUESTS);
        }
    }

    /** Checking takes so long that the password may have been changed meanwhile: then it is checked once more. */
    private void admit(User checked, AuthenticateRequest request, Reply<AuthenticateResponse> reply) {
        AuthView view = store.committed().auth();
        AuthStatus status = view.status();
        Optional<User> user = view.user(checked.name());
        if (status.enabled() && user.equals(Optional.of(checked))) {
            reply.send(AuthenticateResponse.newBuilder()
                    .setHeader(header())
                    .setToken(tokens.issue(checked, status))
                    .build());
        } else {
            authenticate(request, reply);
        }
    }

    // Whether permissions are needed.

    @Override
    public void authEnable(AuthEnableRequest request, StreamObserver<AuthEnableResponse> observer) {
        change(
                new AuthOperation.Enable(),
                observer,
                header -> AuthEnableResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void authDisable(AuthDisableRequest request, StreamObserver<AuthDisableResponse> observer) {
        change(
                new AuthOperation.Disable(),
                observer,
                header -> AuthDisableResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> observer) {
        read(observer, (_, _, _) -> Optional.empty(), EtcdError.USER_NOT_FOUND, view -> {
            AuthStatus status = view.status();
            return Optional.of(AuthStatusResponse.newBuilder()
                    .setHeader(header())
                    .setEnabled(status.enabled())
                    .setAuthRevision(status.revision())
                    .build());
        });
    }

    // Users.

    @Override
    public void userAdd(AuthUserAddRequest request, StreamObserver<AuthUserAddResponse> observer) {
        Reply<AuthUserAddResponse> reply = reply(
                observer,
                header -> AuthUserAddResponse.newBuilder().setHeader(header).build());
        Bytes name = Bytes.utf8(request.getName());
        if (request.getOptions().getNoPassword()) {
            change(new AuthOperation.UserAdd(name, Bytes.EMPTY, true), Credentials.current(), reply);
        } else {
            hashed(request.getPassword(), reply, hash -> new AuthOperation.UserAdd(name, hash, false));
        }
    }

    @Override
    public void userChangePassword(
            AuthUserChangePasswordRequest request, StreamObserver<AuthUserChangePasswordResponse> observer) {
        Reply<AuthUserChangePasswordResponse> reply = reply(
                observer,
                header -> AuthUserChangePasswordResponse.newBuilder()
                        .setHeader(header)
                        .build());
        Bytes name = Bytes.utf8(request.getName());
        if (!request.getPassword().isEmpty()) {
            hashed(request.getPassword(), reply, hash -> new AuthOperation.UserChangePassword(name, hash));
            return;
        }
        try {
            Bytes hash = Bytes.wrap(Base64.getDecoder().decode(request.getHashedPassword()));
            change(new AuthOperation.UserChangePassword(name, hash), Credentials.current(), reply);
        } catch (IllegalArgumentException _) {
            reply.fail(EtcdError.NO_PASSWORD_USER);
        }
    }

    /** Nobody who may not change users makes this replica hash. */
    private void hashed(String password, Reply<?> reply, Function<Bytes, AuthOperation> operation) {
        Credentials credentials = Credentials.current();
        Optional<EtcdError> error = access.rootRefusal(credentials);
        if (error.isEmpty() && password.getBytes(StandardCharsets.UTF_8).length > Passwords.MAX_BYTES) {
            error = Optional.of(EtcdError.PASSWORD_TOO_LONG);
        }
        Consumer<Bytes> then = hash -> reply.owedBy(() -> change(operation.apply(hash), credentials, reply));
        if (error.isEmpty() && !passwords.hash(password, reply::isAbandoned, then)) {
            error = Optional.of(EtcdError.TOO_MANY_REQUESTS);
        }
        error.ifPresent(reply::fail);
    }

    @Override
    public void userDelete(AuthUserDeleteRequest request, StreamObserver<AuthUserDeleteResponse> observer) {
        change(
                new AuthOperation.UserDelete(Bytes.utf8(request.getName())),
                observer,
                header -> AuthUserDeleteResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userGrantRole(AuthUserGrantRoleRequest request, StreamObserver<AuthUserGrantRoleResponse> observer) {
        change(
                new AuthOperation.UserGrantRole(Bytes.utf8(request.getUser()), Bytes.utf8(request.getRole())),
                observer,
                header ->
                        AuthUserGrantRoleResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void userRevokeRole(AuthUserRevokeRoleRequest request, StreamObserver<AuthUserRevokeRoleResponse> observer) {
        change(
                new AuthOperation.UserRevokeRole(Bytes.utf8(request.getName()), Bytes.utf8(request.getRole())),
                observer,
                header -> AuthUserRevokeRoleResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    @Override
    public void userGet(AuthUserGetRequest request, StreamObserver<AuthUserGetResponse> observer) {
        Bytes name = Bytes.utf8(request.getName());
        Rule rootOrThemselves = (authoriser, _, caller) ->
                caller.filter(each -> each.user().equals(name)).isPresent()
                        ? Optional.empty()
                        : authoriser.rootRefusal(caller);
        read(
                observer,
                rootOrThemselves,
                EtcdError.USER_NOT_FOUND,
                view -> view.user(name)
                        .map(_ -> AuthUserGetResponse.newBuilder()
                                .setHeader(header())
                                .addAllRoles(texts(view.rolesOf(name)))
                                .build()));
    }

    @Override
    public void userList(AuthUserListRequest request, StreamObserver<AuthUserListResponse> observer) {
        read(
                observer,
                ROOT_ALONE,
                EtcdError.USER_NOT_FOUND,
                view -> Optional.of(AuthUserListResponse.newBuilder()
                        .setHeader(header())
                        .addAllUsers(texts(view.users()))
                        .build()));
    }

    // Roles.

    @Override
    public void roleAdd(AuthRoleAddRequest request, StreamObserver<AuthRoleAddResponse> observer) {
        change(
                new AuthOperation.RoleAdd(Bytes.utf8(request.getName())),
                observer,
                header -> AuthRoleAddResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleDelete(AuthRoleDeleteRequest request, StreamObserver<AuthRoleDeleteResponse> observer) {
        change(
                new AuthOperation.RoleDelete(Bytes.utf8(request.getRole())),
                observer,
                header -> AuthRoleDeleteResponse.newBuilder().setHeader(header).build());
    }

    @Override
    public void roleGrantPermission(
            AuthRoleGrantPermissionRequest request, StreamObserver<AuthRoleGrantPermissionResponse> observer) {
        Reply<AuthRoleGrantPermissionResponse> reply = reply(
                observer,
                header -> AuthRoleGrantPermissionResponse.newBuilder()
                        .setHeader(header)
                        .build());
        Optional<Permission.Type> type =
                request.hasPerm() ? type(request.getPerm().getPermType()) : Optional.empty();
        if (type.isEmpty()) {
            reply.fail(access.rootRefusal(Credentials.current()).orElse(EtcdError.PERMISSION_NOT_GIVEN));
            return;
        }
        Permission permission = new Permission(
                type.get(),
                Requests.bytes(request.getPerm().getKey()),
                Requests.bytes(request.getPerm().getRangeEnd()));
        change(
                new AuthOperation.RoleGrantPermission(Bytes.utf8(request.getName()), permission),
                Credentials.current(),
                reply);
    }

    private static Optional<Permission.Type> type(dev.cairn.proto.authpb.Permission.Type type) {
        return switch (type) {
            case READ -> Optional.of(Permission.Type.READ);
            case WRITE -> Optional.of(Permission.Type.WRITE);
            case READWRITE -> Optional.of(Permission.Type.READWRITE);
            case UNRECOGNIZED -> Optional.empty();
        };
    }

    @Override
    public void roleRevokePermission(
            AuthRoleRevokePermissionRequest request, StreamObserver<AuthRoleRevokePermissionResponse> observer) {
        change(
                new AuthOperation.RoleRevokePermission(
                        Bytes.utf8(request.getRole()),
                        Requests.bytes(request.getKey()),
                        Requests.bytes(request.getRangeEnd())),
                observer,
                header -> AuthRoleRevokePermissionResponse.newBuilder()
                        .setHeader(header)
                        .build());
    }

    @Override
    public void roleGet(AuthRoleGetRequest request, StreamObserver<AuthRoleGetResponse> observer) {
        Bytes role = Bytes.utf8(request.getRole());
        Rule rootOrHolders = (authoriser, view, caller) ->
                caller.filter(each -> view.holds(each.user(), role)).isPresent()
                        ? Optional.empty()
                        : authoriser.rootRefusal(caller);
        read(
                observer,
                rootOrHolders,
                EtcdError.ROLE_NOT_FOUND,
                view -> view.hasRole(role)
                        ? Optional.of(AuthRoleGetResponse.newBuilder()
                                .setHeader(header())
                                .addAllPerm(permissions(role, view))
                                .build())
                        : Optional.empty());
    }

    private static List<dev.cairn.proto.authpb.Permission> permissions(Bytes role, AuthView view) {
        return role.equals(AuthView.ROOT)
                ? List.of(ROOT_PERMISSION)
                : view.permissionsOf(role).stream().map(Permissions::message).toList();
    }

    @Override
    public void roleList(AuthRoleListRequest request, StreamObserver<AuthRoleListResponse> observer) {
        read(
                observer,
                ROOT_ALONE,
                EtcdError.ROLE_NOT_FOUND,
                view -> Optional.of(AuthRoleListResponse.newBuilder()
                        .setHeader(header())
                        .addAllRoles(texts(view.roles()))
                        .build()));
    }

    // Both ways.

    /** Why the caller must not be told. */
    private interface Rule {
        Optional<KvError> refusal(Authoriser authoriser, AuthView view, Optional<Caller> caller);
    }

    private static final Rule ROOT_ALONE = (authoriser, _, caller) -> authoriser.rootRefusal(caller);

    private <T> Reply<T> reply(StreamObserver<T> observer, Function<ResponseHeader, T> message) {
        return new Reply<>(
                observer,
                outcome -> outcome instanceof Outcome.AuthChanged(long revision)
                        ? message.apply(headers.at(revision))
                        : null,
                background);
    }

    private <T> void change(AuthOperation operation, StreamObserver<T> observer, Function<ResponseHeader, T> message) {
        change(operation, Credentials.current(), reply(observer, message));
    }

    private void change(AuthOperation operation, Credentials credentials, Reply<?> reply) {
        Optional<Operation> asked = access.asked(credentials, operation);
        if (asked.isPresent()) {
            gateway.submit(new WriteCall(asked.get(), OperationSize.of(asked.get()), reply, store));
        } else {
            reply.fail(EtcdError.INVALID_AUTH_TOKEN);
        }
    }

    /** @param absent where there is no answer */
    private <T> void read(
            StreamObserver<T> observer, Rule rule, EtcdError absent, Function<AuthView, Optional<T>> answer) {
        Credentials credentials = Credentials.current();
        Reply<T> reply = new Reply<>(observer, _ -> null, background);
        Runnable work = () -> {
            Committed state = store.committed();
            switch (access.identify(credentials, state)) {
                case Identity.BadToken _ -> reply.fail(EtcdError.INVALID_AUTH_TOKEN);
                case Identity.Known(Optional<Caller> caller) -> {
                    AuthView view = state.auth();
                    rule.refusal(state.authoriser(), view, caller)
                            .map(EtcdError::of)
                            .ifPresentOrElse(
                                    reply::fail,
                                    () -> answer.apply(view).ifPresentOrElse(reply::send, () -> reply.fail(absent)));
                }
            }
        };
        readIndex.await(new ReadCall(() -> OwedWork.offer(background, reply.observer(), work), reply));
    }

    private ResponseHeader header() {
        return headers.at(store.revision());
    }

    private static List<String> texts(List<Bytes> names) {
        return names.stream().map(Bytes::toUtf8).toList();
    }
}
