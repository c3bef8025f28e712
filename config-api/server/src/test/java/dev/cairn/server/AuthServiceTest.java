package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.kv.guard.Governance;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.authpb.UserAddOptions;
import dev.cairn.proto.etcdserverpb.AlarmRequest;
import dev.cairn.proto.etcdserverpb.AuthDisableRequest;
import dev.cairn.proto.etcdserverpb.AuthEnableRequest;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGetRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleGrantPermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleListRequest;
import dev.cairn.proto.etcdserverpb.AuthRoleRevokePermissionRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusResponse;
import dev.cairn.proto.etcdserverpb.AuthUserAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserChangePasswordRequest;
import dev.cairn.proto.etcdserverpb.AuthUserDeleteRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGetRequest;
import dev.cairn.proto.etcdserverpb.AuthUserGrantRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthUserListRequest;
import dev.cairn.proto.etcdserverpb.AuthUserRevokeRoleRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import dev.cairn.proto.etcdserverpb.ClusterGrpc;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.DefragmentRequest;
import dev.cairn.proto.etcdserverpb.HashKVRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseLeasesRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.MemberAddRequest;
import dev.cairn.proto.etcdserverpb.MemberListRequest;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.v1.BlockRequest;
import dev.cairn.proto.v1.ChainGrpc;
import dev.cairn.proto.v1.GetRequest;
import dev.cairn.proto.v1.HeadRequest;
import dev.cairn.proto.v1.HeadersRequest;
import dev.cairn.proto.v1.ListRequest;
import dev.cairn.proto.v1.Space;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.proto.v1.SubmitRequest;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.auth.Token;
import dev.cairn.server.auth.Tokens;
import dev.cairn.server.etcd.EtcdError;
import io.grpc.Metadata;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.AbstractStub;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users, roles and what they may do, over a socket. */
@Timeout(60)
class AuthServiceTest {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Metadata.Key<String> AUTHORIZATION =
            Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER);

    @TempDir
    Path directory;

    private ServedStore served;
    private AuthGrpc.AuthBlockingStub auth;
    private KVGrpc.KVBlockingStub kv;
    private String root = "";
    private String ann = "";

    @BeforeEach
    void serve() throws Exception {
        serve(Token.Kind.SIMPLE);
    }

    private void serve(Token.Kind kind) throws Exception {
        served = new ServedStore(
                directory.resolve(kind.name()),
                Duration.ofMinutes(10),
                Governance.OPEN,
                Optional.empty(),
                new Tokens.Settings(kind, 300));
        auth = AuthGrpc.newBlockingStub(served.channel);
        kv = KVGrpc.newBlockingStub(served.channel);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void tokensLetUsersDoWhatTheyMay() {
        enable();
        assertThat(with(ann, kv).put(put("a1")).getHeader().getRevision()).isEqualTo(2);
        assertThat(with(ann, kv).range(range("a", "b")).getCount()).isEqualTo(1);
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, kv).put(put("b")));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, kv).range(range("a", "c")));
        refused(
                EtcdError.PERMISSION_DENIED,
                () -> with(ann, kv)
                        .range(range("a", "c").toBuilder().setSerializable(true).build()));
        refused(
                EtcdError.PERMISSION_DENIED,
                () -> with(ann, kv)
                        .txn(TxnRequest.newBuilder()
                                .addFailure(RequestOp.newBuilder().setRequestRange(range("b", "")))
                                .build()));
        refused(EtcdError.USER_EMPTY, () -> kv.put(put("a")));
        refused(EtcdError.USER_EMPTY, () -> kv.range(range("a", "")));
        refused(EtcdError.EMPTY_KEY, () -> kv.range(range("", "")));
        refused(EtcdError.INVALID_AUTH_TOKEN, () -> with("junk", kv).put(put("a")));
        refused(EtcdError.INVALID_AUTH_TOKEN, () -> with("junk", kv).range(range("a", "")));
        assertThat(with(root, kv).range(range("\0", "\0")).getCount()).isEqualTo(1);
    }

    @Test
    void theTokenMayStandInEitherPlace() {
        enable();
        for (String text : List.of(ann, "Bearer " + ann)) {
            Metadata headers = new Metadata();
            headers.put(AUTHORIZATION, text);
            assertThat(kv.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                            .range(range("a", ""))
                            .getCount())
                    .isZero();
        }
        with(root, auth).authDisable(AuthDisableRequest.getDefaultInstance());
        assertThat(with("junk", kv).range(range("b", "")).getCount()).isZero();
    }

    @Test
    void whoCannotShowWhoTheyAreGetsNoToken() {
        refused(EtcdError.AUTH_NOT_ENABLED, () -> authenticate("root", "r"));
        auth.userAdd(AuthUserAddRequest.newBuilder()
                .setName("cert")
                .setOptions(UserAddOptions.newBuilder().setNoPassword(true))
                .build());
        enable();
        refused(EtcdError.AUTH_FAILED, () -> authenticate("root", "wrong"));
        refused(EtcdError.AUTH_FAILED, () -> authenticate("nobody", "r"));
        refused(EtcdError.NO_PASSWORD_USER, () -> authenticate("cert", "r"));
        refused(EtcdError.PASSWORD_TOO_LONG, () -> add("long", "x".repeat(73)));
        assertThat(authenticate("ann", "a")).isNotEmpty();
    }

    @Test
    void aTokenEndsWithThePasswordAndWithTheUser() {
        enable();
        with(root, auth)
                .roleAdd(AuthRoleAddRequest.newBuilder().setName("other").build());
        assertThat(with(ann, kv).range(range("a", "")).getCount()).isZero();
        with(root, auth)
                .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                        .setName("ann")
                        .setPassword("new")
                        .build());
        refused(EtcdError.INVALID_AUTH_TOKEN, () -> with(ann, kv).range(range("a", "")));
        refused(EtcdError.AUTH_FAILED, () -> authenticate("ann", "a"));
        String fresh = authenticate("ann", "new");
        with(root, auth)
                .userDelete(AuthUserDeleteRequest.newBuilder().setName("ann").build());
        refused(EtcdError.INVALID_AUTH_TOKEN, () -> with(fresh, kv).range(range("a", "")));
    }

    @Test
    void aWebTokenIsOldOnceAnythingHasChanged() throws Exception {
        served.close();
        serve(Token.Kind.JWT);
        enable();
        assertThat(with(ann, kv).range(range("a", "")).getCount()).isZero();
        with(root, auth)
                .roleAdd(AuthRoleAddRequest.newBuilder().setName("other").build());
        refused(EtcdError.AUTH_OLD_REVISION, () -> with(ann, kv).range(range("a", "")));
        refused(EtcdError.AUTH_OLD_REVISION, () -> with(ann, kv).put(put("a")));
        String fresh = authenticate("ann", "a");
        assertThat(with(fresh, kv).range(range("a", "")).getCount()).isZero();
    }

    @Test
    void tellsOfUsersAndRolesWhomItConcerns() {
        enable();
        assertThat(with(root, auth)
                        .userList(AuthUserListRequest.getDefaultInstance())
                        .getUsersList())
                .containsExactly("ann", "root");
        assertThat(with(root, auth)
                        .roleList(AuthRoleListRequest.getDefaultInstance())
                        .getRolesList())
                .containsExactly("ra");
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, auth).userList(AuthUserListRequest.getDefaultInstance()));
        refused(EtcdError.USER_EMPTY, () -> auth.roleList(AuthRoleListRequest.getDefaultInstance()));
        assertThat(with(ann, auth).userGet(user("ann")).getRolesList()).containsExactly("ra");
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, auth).userGet(user("root")));
        refused(EtcdError.USER_NOT_FOUND, () -> with(root, auth).userGet(user("nobody")));
        assertThat(with(ann, auth).roleGet(role("ra")).getPermList()).containsExactly(permission("a", "b"));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, auth).roleGet(role("rb")));
        refused(EtcdError.ROLE_NOT_FOUND, () -> with(root, auth).roleGet(role("rb")));
        AuthStatusResponse status = auth.authStatus(AuthStatusRequest.getDefaultInstance());
        assertThat(status.getEnabled()).isTrue();
        assertThat(status.getAuthRevision()).isEqualTo(7);
        assertThat(status.getHeader().getRevision()).isEqualTo(1);
    }

    @Test
    void refusesWhatEtcdRefuses() {
        refused(EtcdError.ROOT_USER_MISSING, () -> auth.authEnable(AuthEnableRequest.getDefaultInstance()));
        add("root", "r");
        refused(EtcdError.ROOT_ROLE_MISSING, () -> auth.authEnable(AuthEnableRequest.getDefaultInstance()));
        refused(EtcdError.USER_EMPTY, () -> add("", "x"));
        refused(EtcdError.USER_EXISTS, () -> add("root", "x"));
        refused(EtcdError.ROLE_EMPTY, () -> auth.roleAdd(AuthRoleAddRequest.getDefaultInstance()));
        auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("ra").build());
        refused(
                EtcdError.ROLE_EXISTS,
                () -> auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("ra").build()));
        refused(EtcdError.USER_NOT_FOUND, () -> grantRole("nobody", "ra"));
        refused(EtcdError.ROLE_NOT_FOUND, () -> grantRole("root", "rb"));
        refused(
                EtcdError.ROLE_NOT_GRANTED,
                () -> auth.userRevokeRole(AuthUserRevokeRoleRequest.newBuilder()
                        .setName("root")
                        .setRole("ra")
                        .build()));
        refused(
                EtcdError.PERMISSION_NOT_GIVEN,
                () -> auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                        .setName("ra")
                        .build()));
        refused(EtcdError.INVALID_AUTH_MANAGEMENT, () -> grantPermission("ra", permission("b", "a")));
        refused(EtcdError.ROLE_NOT_FOUND, () -> grantPermission("rb", permission("a", "b")));
        refused(
                EtcdError.PERMISSION_NOT_GRANTED,
                () -> auth.roleRevokePermission(AuthRoleRevokePermissionRequest.newBuilder()
                        .setRole("ra")
                        .setKey(utf8("a"))
                        .build()));
    }

    @Test
    void someCallsAreRootsAloneAndSomeEveryUsers() {
        enable();
        MaintenanceGrpc.MaintenanceBlockingStub upkeep = MaintenanceGrpc.newBlockingStub(served.channel);
        ClusterGrpc.ClusterBlockingStub cluster = ClusterGrpc.newBlockingStub(served.channel);
        AlarmRequest ask = AlarmRequest.getDefaultInstance();
        AlarmRequest clear = AlarmRequest.newBuilder()
                .setAction(AlarmRequest.AlarmAction.DEACTIVATE)
                .build();
        refused(EtcdError.USER_EMPTY, () -> upkeep.status(StatusRequest.getDefaultInstance()));
        refused(EtcdError.USER_EMPTY, () -> cluster.memberList(MemberListRequest.getDefaultInstance()));
        refused(EtcdError.USER_EMPTY, () -> upkeep.alarm(ask));
        refused(EtcdError.INVALID_AUTH_TOKEN, () -> with("junk", upkeep).status(StatusRequest.getDefaultInstance()));
        assertThat(with(ann, upkeep).status(StatusRequest.getDefaultInstance()).getLeader())
                .isNotZero();
        assertThat(with(ann, cluster)
                        .memberList(MemberListRequest.getDefaultInstance())
                        .getMembersCount())
                .isEqualTo(1);
        assertThat(with(ann, upkeep).alarm(ask).getAlarmsList()).isEmpty();
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, upkeep).alarm(clear));
        refused(
                EtcdError.PERMISSION_DENIED,
                () -> with(ann, upkeep).defragment(DefragmentRequest.getDefaultInstance()));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, upkeep).hashKV(HashKVRequest.getDefaultInstance()));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, cluster).memberAdd(MemberAddRequest.getDefaultInstance()));
        refused(
                EtcdError.PERMISSION_DENIED,
                () -> with(ann, kv)
                        .compact(CompactionRequest.newBuilder().setRevision(1).build()));
        with(root, upkeep).defragment(DefragmentRequest.getDefaultInstance());
        with(root, upkeep).alarm(clear);
    }

    @Test
    void leasesAreForUsersAndTheirKeysForThoseWhoMayReadThem() {
        enable();
        LeaseGrpc.LeaseBlockingStub leases = LeaseGrpc.newBlockingStub(served.channel);
        LeaseGrantRequest grant =
                LeaseGrantRequest.newBuilder().setID(7).setTTL(60).build();
        LeaseTimeToLiveRequest ask =
                LeaseTimeToLiveRequest.newBuilder().setID(7).build();
        LeaseRevokeRequest revoke = LeaseRevokeRequest.newBuilder().setID(7).build();
        refused(EtcdError.USER_EMPTY, () -> leases.leaseGrant(grant));
        with(ann, leases).leaseGrant(grant);
        with(root, kv).put(put("b").toBuilder().setLease(7).build());
        refused(EtcdError.USER_EMPTY, () -> leases.leaseTimeToLive(ask));
        assertThat(with(ann, leases).leaseTimeToLive(ask).getGrantedTTL()).isEqualTo(60);
        LeaseTimeToLiveRequest withKeys = ask.toBuilder().setKeys(true).build();
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, leases).leaseTimeToLive(withKeys));
        assertThat(with(root, leases).leaseTimeToLive(withKeys).getKeysList()).containsExactly(utf8("b"));
        refused(
                EtcdError.PERMISSION_DENIED,
                () -> with(ann, leases).leaseLeases(LeaseLeasesRequest.getDefaultInstance()));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, leases).leaseRevoke(revoke));
        with(root, leases).leaseRevoke(revoke);
    }

    @Test
    void watchesNeedToReadAllTheyWatch() throws Exception {
        enable();
        assertThat(firstOf(ann, "a", "b").getCanceled()).isFalse();
        assertThat(firstOf(ann, "a", "c"))
                .extracting(WatchResponse::getCreated, WatchResponse::getCanceled, WatchResponse::getWatchId)
                .containsExactly(true, true, -1L);
        assertThat(firstOf(ann, "a", "c").getCancelReason())
                .isEqualTo("rpc error: code = PermissionDenied desc = etcdserver: permission denied");
        assertThat(firstOf("junk", "a", "b").getCancelReason())
                .isEqualTo("rpc error: code = Unauthenticated desc = etcdserver: invalid auth token");
        assertThat(firstOf("", "a", "b").getCancelReason())
                .isEqualTo("rpc error: code = InvalidArgument desc = etcdserver: user name is empty");
        assertThat(firstOf(ann, "", "").getCanceled()).isTrue();
    }

    @Test
    void provenReadsAndWritesAreNoWayAround() {
        enable();
        StoreGrpc.StoreBlockingStub store = StoreGrpc.newBlockingStub(served.channel);
        GetRequest get = GetRequest.newBuilder().setKey(utf8("b")).build();
        refused(EtcdError.USER_EMPTY, () -> store.get(get));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, store).get(get));
        refused(
                EtcdError.PERMISSION_DENIED,
                () -> with(ann, store)
                        .list(ListRequest.newBuilder()
                                .setKey(utf8("a"))
                                .setRangeEnd(utf8("c"))
                                .build()));
        refused(
                EtcdError.PERMISSION_DENIED,
                () -> with(ann, store)
                        .list(ListRequest.newBuilder()
                                .setSpace(Space.SPACE_LEDGER)
                                .setKey(utf8("a"))
                                .setRangeEnd(utf8("b"))
                                .build()));
        assertThat(with(ann, store)
                        .get(get.toBuilder().setKey(utf8("a")).build())
                        .hasHead())
                .isTrue();
        assertThat(with(root, store).get(get).hasHead()).isTrue();
        Operation forged = new Operation.OnBehalf(
                Bytes.utf8("root"), 7, new Operation.Put(Bytes.utf8("b"), Bytes.EMPTY, 0, false, false, false));
        refused(EtcdError.PERMISSION_DENIED, () -> store.submit(submit(forged)));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, store).submit(submit(forged)));
        with(root, store).submit(submit(forged));
        assertThat(with(root, kv).range(range("b", "")).getCount()).isEqualTo(1);
    }

    /** A block holds what everybody wrote, and the hashes of passwords. */
    @Test
    void blocksAreRootsAlone() {
        enable();
        with(root, kv).put(put("b"));
        ChainGrpc.ChainBlockingStub chain = ChainGrpc.newBlockingStub(served.channel);
        BlockRequest block = BlockRequest.newBuilder().setHeight(1).build();
        refused(EtcdError.USER_EMPTY, () -> chain.block(block));
        refused(EtcdError.PERMISSION_DENIED, () -> with(ann, chain).block(block));
        assertThat(with(root, chain).block(block).getRequestsCount()).isPositive();
        assertThat(chain.head(HeadRequest.getDefaultInstance()).hasHead()).isTrue();
        assertThat(chain.headers(HeadersRequest.getDefaultInstance()).getHeadersCount())
                .isPositive();
    }

    private static SubmitRequest submit(Operation operation) {
        return SubmitRequest.newBuilder()
                .setOperations(ByteString.copyFrom(
                        OperationCodec.encode(List.of(operation)).toArray()))
                .build();
    }

    @Test
    void writesGoOnWhileManyPasswordsAreChecked() throws Exception {
        enable();
        AuthGrpc.AuthStub later = AuthGrpc.newStub(served.channel);
        BlockingQueue<Boolean> done = new LinkedBlockingQueue<>();
        int many = 50;
        for (int i = 0; i < many; i++) {
            // None is right, so that each has to be worked out.
            later.authenticate(
                    AuthenticateRequest.newBuilder()
                            .setName("ann")
                            .setPassword("wrong " + i)
                            .build(),
                    new StreamObserver<>() {
                        @Override
                        public void onNext(AuthenticateResponse response) {}

                        @Override
                        public void onError(Throwable why) {
                            done.add(false);
                        }

                        @Override
                        public void onCompleted() {
                            done.add(true);
                        }
                    });
        }
        int writes = 0;
        while (writes < 20 || done.isEmpty()) {
            with(ann, kv).put(put("a"));
            writes++;
        }
        assertThat(done.size()).isLessThan(many);
        List<Boolean> answers = new ArrayList<>();
        for (int i = 0; i < many; i++) {
            answers.add(done.poll(30, TimeUnit.SECONDS));
        }
        assertThat(answers).containsOnly(false);
    }

    @Test
    void aPasswordThatWasRightIsKnownAgain() {
        enable();
        double before = worked();
        for (int i = 0; i < 5; i++) {
            authenticate("ann", "a");
        }
        assertThat(worked()).isEqualTo(before);
    }

    private double worked() {
        return served.registry.get("cairn_passwords_worked").functionCounter().count();
    }

    private WatchResponse firstOf(String token, String key, String end) throws InterruptedException {
        BlockingQueue<WatchResponse> responses = new LinkedBlockingQueue<>();
        WatchGrpc.WatchStub watch = WatchGrpc.newStub(served.channel);
        StreamObserver<WatchRequest> requests = (token.isEmpty() ? watch : with(token, watch))
                .watch(new StreamObserver<>() {
                    @Override
                    public void onNext(WatchResponse response) {
                        responses.add(response);
                    }

                    @Override
                    public void onError(Throwable why) {}

                    @Override
                    public void onCompleted() {}
                });
        requests.onNext(WatchRequest.newBuilder()
                .setCreateRequest(
                        WatchCreateRequest.newBuilder().setKey(utf8(key)).setRangeEnd(utf8(end)))
                .build());
        WatchResponse first = responses.poll(30, TimeUnit.SECONDS);
        assertThat(first).isNotNull();
        return first;
    }

    /** Ann may read and write what begins with a, root everything. */
    private void enable() {
        add("root", "r");
        grantRole("root", "root");
        add("ann", "a");
        auth.roleAdd(AuthRoleAddRequest.newBuilder().setName("ra").build());
        grantPermission("ra", permission("a", "b"));
        grantRole("ann", "ra");
        auth.authEnable(AuthEnableRequest.getDefaultInstance());
        root = authenticate("root", "r");
        ann = authenticate("ann", "a");
    }

    private void add(String name, String password) {
        (root.isEmpty() ? auth : with(root, auth))
                .userAdd(AuthUserAddRequest.newBuilder()
                        .setName(name)
                        .setPassword(password)
                        .build());
    }

    private void grantRole(String user, String role) {
        auth.userGrantRole(AuthUserGrantRoleRequest.newBuilder()
                .setUser(user)
                .setRole(role)
                .build());
    }

    private void grantPermission(String role, Permission permission) {
        auth.roleGrantPermission(AuthRoleGrantPermissionRequest.newBuilder()
                .setName(role)
                .setPerm(permission)
                .build());
    }

    private String authenticate(String name, String password) {
        return auth.authenticate(AuthenticateRequest.newBuilder()
                        .setName(name)
                        .setPassword(password)
                        .build())
                .getToken();
    }

    private static <S extends AbstractStub<S>> S with(String token, S stub) {
        Metadata headers = new Metadata();
        headers.put(TOKEN, token);
        return stub.withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    private static void refused(EtcdError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(error.status().getCode());
            assertThat(refused.getStatus().getDescription()).isEqualTo(error.description());
        });
    }

    private static Permission permission(String key, String end) {
        return Permission.newBuilder()
                .setPermType(Permission.Type.READWRITE)
                .setKey(utf8(key))
                .setRangeEnd(utf8(end))
                .build();
    }

    private static AuthUserGetRequest user(String name) {
        return AuthUserGetRequest.newBuilder().setName(name).build();
    }

    private static AuthRoleGetRequest role(String name) {
        return AuthRoleGetRequest.newBuilder().setRole(name).build();
    }

    private static PutRequest put(String key) {
        return PutRequest.newBuilder().setKey(utf8(key)).setValue(utf8("1")).build();
    }

    private static RangeRequest range(String key, String end) {
        return RangeRequest.newBuilder()
                .setKey(utf8(key))
                .setRangeEnd(utf8(end))
                .build();
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
