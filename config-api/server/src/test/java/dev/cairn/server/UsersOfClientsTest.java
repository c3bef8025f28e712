package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.Login;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Refusal;
import dev.cairn.client.Verified;
import dev.cairn.client.Watch;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthRoleAddRequest;
import dev.cairn.proto.etcdserverpb.AuthUserChangePasswordRequest;
import dev.cairn.proto.v1.StoreGrpc;
import dev.cairn.protocol.model.Bytes;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientCall;
import io.grpc.ClientInterceptor;
import io.grpc.ClientInterceptors;
import io.grpc.ForwardingClientCall.SimpleForwardingClientCall;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Verifying clients that name a user, while permissions are enabled and when they come to be. */
@Timeout(60)
class UsersOfClientsTest {
    @TempDir
    private Path directory;

    private final Calls calls = new Calls();
    private ServedStore served;
    private TestUsers users;
    private String password = "may";

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory);
        users = TestUsers.of(served.channel);
        users.add("may", Permission.Type.READWRITE, "mine/");
        users.add("reader", Permission.Type.READ, "mine/");
    }

    @AfterEach
    void stop() {
        served.close();
    }

    /** Which calls go out. */
    private static final class Calls implements ClientInterceptor {
        private final List<String> names = Collections.synchronizedList(new ArrayList<>());

        @Override
        public <Q, R> ClientCall<Q, R> interceptCall(MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
            names.add(method.getBareMethodName());
            return next.newCall(method, options);
        }

        long of(String name) {
            return names.stream().filter(name::equals).count();
        }
    }

    private CairnClient client(String user, Channel... before) throws Exception {
        Channel honest = ClientInterceptors.intercept(served.channel, calls);
        Channel[] all = new Channel[before.length + 1];
        System.arraycopy(before, 0, all, 0, before.length);
        all[before.length] = honest;
        return CairnClient.connect(VerifyingClients.settings(served.chain, all)
                .withLogin(new Login(user, Optional.of(() -> password), Login.UNHEARD)));
    }

    private static Operation put(String key) {
        return new Operation.Put(Bytes.utf8(key), Bytes.utf8("value"), 0, false, false, false);
    }

    private static Optional<String> value(CairnClient client, String key) throws NotVerifiedException {
        Verified<Optional<KeyValue>> found = client.get(Bytes.utf8(key), Freshness.LINEARIZABLE);
        assertThat(found.refused()).isEmpty();
        return found.value().map(record -> record.value().toUtf8());
    }

    private static Outcome submit(CairnClient client, String key) throws NotVerifiedException {
        return client.submit(put(key)).value().outcome();
    }

    @Test
    void whatAUserMayIsDoneAndNothingElse() throws Exception {
        users.enable();
        try (CairnClient client = client("may")) {
            assertThat(submit(client, "mine/a")).isInstanceOf(Outcome.Put.class);
            assertThat(value(client, "mine/a")).hasValue("value");
            assertThat(submit(client, "other"))
                    .isInstanceOfSatisfying(
                            Outcome.Failed.class,
                            failed -> assertThat(failed.error()).isEqualTo(KvError.PERMISSION_DENIED));
            declined(Refusal.Why.NOT_PERMITTED, "permission denied", client, "other");
            try (Watch watch = client.watch(KeySpan.prefix(Bytes.utf8("mine/")), 1)) {
                assertThat(watch.next().events()).hasSize(1);
            }
        }
        assertThat(calls.of("Authenticate")).isEqualTo(1);
    }

    @Test
    void whoNamesNobodyIsToldSo() throws Exception {
        users.enable();
        try (CairnClient client = VerifyingClients.of(served.chain, served.channel)) {
            declined(Refusal.Why.NO_USER, "permissions are enabled, and it is not told who asks", client, "mine/a");
        }
    }

    @Test
    void aWrongPasswordIsSaidToBeOne() throws Exception {
        users.enable();
        password = "wrong";
        try (CairnClient client = client("may")) {
            declined(
                    Refusal.Why.NOT_SIGNED_IN,
                    "user may is not signed in: authentication failed, invalid user ID or password",
                    client,
                    "mine/a");
            assertThatThrownBy(() -> submit(client, "mine/a"))
                    .hasMessageContaining("is not signed in")
                    .hasMessageNotContaining("may have been done");
        }
        assertThat(calls.of("Submit")).isZero();
    }

    @Test
    void permissionsMayBeEnabledMeanwhile() throws Exception {
        try (CairnClient client = client("may")) {
            assertThat(submit(client, "mine/a")).isInstanceOf(Outcome.Put.class);
            assertThat(value(client, "mine/a")).hasValue("value");
            assertThat(calls.of("Authenticate")).isZero();
            users.enable();
            assertThat(value(client, "mine/a")).hasValue("value");
            assertThat(submit(client, "mine/b")).isInstanceOf(Outcome.Put.class);
        }
        try (CairnClient client = client("may")) {
            assertThat(value(client, "mine/b")).hasValue("value");
        }
    }

    @Test
    void aWriteIsDoneWherePermissionsWereEnabledJustBefore() throws Exception {
        try (CairnClient client = client("may")) {
            assertThat(submit(client, "mine/a")).isInstanceOf(Outcome.Put.class);
            users.enable();
            assertThat(submit(client, "mine/b")).isInstanceOf(Outcome.Put.class);
        }
    }

    @Test
    void aWriteIsDoneWherePermissionsHaveChanged() throws Exception {
        users.enable();
        try (CairnClient client = client("may")) {
            assertThat(submit(client, "mine/a")).isInstanceOf(Outcome.Put.class);
            users.as("root", AuthGrpc.newBlockingStub(served.channel))
                    .roleAdd(AuthRoleAddRequest.newBuilder().setName("more").build());
            assertThat(submit(client, "mine/b")).isInstanceOf(Outcome.Put.class);
        }
        assertThat(calls.of("Submit")).isEqualTo(3);
    }

    @Test
    void aNewPasswordIsReadWhenTheTokenOfTheOldOneIsVoid() throws Exception {
        users.enable();
        try (CairnClient client = client("may")) {
            assertThat(value(client, "mine/a")).isEmpty();
            users.as("root", AuthGrpc.newBlockingStub(served.channel))
                    .userChangePassword(AuthUserChangePasswordRequest.newBuilder()
                            .setName("may")
                            .setPassword("new")
                            .build());
            password = "new";
            assertThat(value(client, "mine/a")).isEmpty();
        }
        assertThat(calls.of("Authenticate")).isEqualTo(2);
    }

    /** A replica whose tokens are worth nothing, and which takes none for good. */
    private Channel liar() {
        return ClientInterceptors.intercept(served.channel, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                if (AuthGrpc.SERVICE_NAME.equals(method.getServiceName())
                        || method.equals(StoreGrpc.getSubmitMethod())) {
                    return next.newCall(method, options);
                }
                calls.names.add("liar " + method.getBareMethodName());
                return new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                    @Override
                    public void start(Listener<R> responses, Metadata headers) {
                        responses.onClose(
                                Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token"),
                                new Metadata());
                    }

                    @Override
                    public void sendMessage(Q message) {}

                    @Override
                    public void halfClose() {}

                    @Override
                    public void request(int count) {}
                };
            }
        });
    }

    @Test
    void whoTakesNoTokenIsPassedOver() throws Exception {
        users.enable();
        try (CairnClient client = client("may", liar(), liar(), liar())) {
            Verified<Optional<KeyValue>> found = client.get(Bytes.utf8("mine/a"), Freshness.LINEARIZABLE);
            assertThat(found.value()).isEmpty();
            assertThat(found.refused()).hasSize(3);
            assertThat(submit(client, "mine/a")).isInstanceOf(Outcome.Put.class);
        }
        assertThat(calls.of("liar Get")).as("each twice").isEqualTo(6);
    }

    @Test
    void aWriteIsNotSentAgainForATokenThatIsSaidToBeVoid() throws Exception {
        users.enable();
        Channel lies = ClientInterceptors.intercept(served.channel, new ClientInterceptor() {
            @Override
            public <Q, R> ClientCall<Q, R> interceptCall(
                    MethodDescriptor<Q, R> method, CallOptions options, Channel next) {
                return !method.equals(StoreGrpc.getSubmitMethod())
                        ? next.newCall(method, options)
                        : new SimpleForwardingClientCall<>(next.newCall(method, options)) {
                            @Override
                            public void start(Listener<R> responses, Metadata headers) {
                                calls.names.add("liar Submit");
                                super.start(
                                        new Listener<>() {
                                            @Override
                                            public void onClose(Status status, Metadata trailers) {
                                                assertThat(status.isOk()).isTrue();
                                                responses.onClose(
                                                        Status.UNAUTHENTICATED.withDescription(
                                                                "etcdserver: invalid auth token"),
                                                        trailers);
                                            }
                                        },
                                        headers);
                            }
                        };
            }
        });
        try (CairnClient client = client("may", lies)) {
            assertThatThrownBy(() -> submit(client, "mine/a")).hasMessageContaining("may have been done all the same");
            assertThat(calls.of("liar Submit")).isEqualTo(1);
            assertThat(calls.of("Submit")).isZero();
            assertThat(client.get(Bytes.utf8("mine/a"), Freshness.LINEARIZABLE).value())
                    .isPresent();
        }
    }

    @Test
    void theLedgerTakesOneWhoMayReadEverything() throws Exception {
        users.enable();
        try (CairnClient client = client("may")) {
            assertThatThrownBy(() -> client.getRecord(Bytes.utf8("x"), 1, Freshness.LINEARIZABLE))
                    .hasMessageContaining("permission denied");
        }
        password = "root";
        try (CairnClient client = client("root")) {
            assertThat(client.getRecord(Bytes.utf8("x"), 1, Freshness.LINEARIZABLE)
                            .value())
                    .isEmpty();
        }
    }

    private static void declined(Refusal.Why why, String detail, CairnClient client, String key) {
        assertThatThrownBy(() -> client.get(Bytes.utf8(key), Freshness.LINEARIZABLE))
                .isInstanceOfSatisfying(NotVerifiedException.class, refused -> {
                    assertThat(refused.declined()).hasValue(new Refusal.Declined(why, detail, false));
                    assertThat(refused)
                            .hasMessage("the replicas do not answer this: "
                                    + refused.attempts().getFirst().replica() + " (" + detail + ")");
                });
    }
}
