package dev.cairn.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusResponse;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import io.grpc.Context;
import io.grpc.Contexts;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A user's tokens, at two replicas that this test speaks for. */
@Timeout(60)
class LoginTest {
    private static final Metadata.Key<String> TOKEN = Metadata.Key.of("token", Metadata.ASCII_STRING_MARSHALLER);
    private static final Context.Key<String> SHOWN = Context.keyWithDefault("shown", "none");
    private static final Status INVALID = Status.UNAUTHENTICATED.withDescription("etcdserver: invalid auth token");

    private final List<String> heard = new ArrayList<>();
    private final AtomicLong nanos = new AtomicLong();
    private final Replica first = new Replica("first", 1);
    private final Replica second = new Replica("second", 2);
    private String password = "right";

    @SuppressWarnings("NullAway.Init")
    private Login login;

    @BeforeEach
    void start() throws Exception {
        first.start();
        second.start();
        login = new Login("ann", Optional.of(() -> password), new Heard(), nanos::get);
    }

    @AfterEach
    void stop() {
        first.stop();
        second.stop();
    }

    private final class Heard implements Login.Listener {
        @Override
        public void signedIn(HostPort replica) {
            heard.add("in at " + replica.port());
        }

        @Override
        public void refused(HostPort replica, String why) {
            heard.add("refused at " + replica.port() + ": " + why);
        }
    }

    /** Answers each read with the token that it was shown. */
    private static final class Replica {
        private final String name;
        private final HostPort address;

        @SuppressWarnings("NullAway.Init")
        private Server server;

        @SuppressWarnings("NullAway.Init")
        private ManagedChannel channel;

        private int given;
        private Status refusal = Status.OK;
        private boolean enabled = true;
        private boolean down;
        private String token = "";
        private Optional<CountDownLatch> held = Optional.empty();

        Replica(String name, int port) {
            this.name = name;
            this.address = new HostPort("127.0.0.1", port);
        }

        void start() throws IOException {
            String unique = name + System.identityHashCode(this);
            server = InProcessServerBuilder.forName(unique)
                    .addService(new Auth())
                    .addService(new Kv())
                    .intercept(new Keeper())
                    .build()
                    .start();
            channel = InProcessChannelBuilder.forName(unique).build();
        }

        void stop() {
            channel.shutdownNow();
            server.shutdownNow();
        }

        String read(Login login) {
            return KVGrpc.newBlockingStub(login.over(address, channel))
                    .range(RangeRequest.getDefaultInstance())
                    .getKvs(0)
                    .getValue()
                    .toStringUtf8();
        }

        private static final class Keeper implements ServerInterceptor {
            @Override
            public <Q, R> ServerCall.Listener<Q> interceptCall(
                    ServerCall<Q, R> call, Metadata headers, ServerCallHandler<Q, R> next) {
                String token = headers.get(TOKEN);
                return Contexts.interceptCall(
                        Context.current().withValue(SHOWN, token == null ? "none" : token), call, headers, next);
            }
        }

        private final class Kv extends KVGrpc.KVImplBase {
            @Override
            public void range(RangeRequest request, StreamObserver<RangeResponse> responses) {
                if (!refusal.isOk()) {
                    responses.onError(refusal.asRuntimeException());
                    return;
                }
                RangeResponse.Builder response = RangeResponse.newBuilder();
                response.addKvsBuilder().setValue(com.google.protobuf.ByteString.copyFromUtf8(SHOWN.get()));
                responses.onNext(response.build());
                responses.onCompleted();
            }
        }

        private final class Auth extends AuthGrpc.AuthImplBase {
            @Override
            public void authStatus(AuthStatusRequest request, StreamObserver<AuthStatusResponse> responses) {
                if (down) {
                    responses.onError(Status.UNAVAILABLE.asRuntimeException());
                    return;
                }
                responses.onNext(AuthStatusResponse.newBuilder()
                        .setEnabled(enabled)
                        .setAuthRevision(7)
                        .build());
                responses.onCompleted();
            }

            @Override
            public void authenticate(AuthenticateRequest request, StreamObserver<AuthenticateResponse> responses) {
                given++;
                held.ifPresent(Replica::await);
                if (!request.getName().equals("ann") || !request.getPassword().equals("right")) {
                    responses.onError(Status.INVALID_ARGUMENT
                            .withDescription("etcdserver: authentication failed, invalid user ID or password")
                            .asRuntimeException());
                    return;
                }
                responses.onNext(AuthenticateResponse.newBuilder()
                        .setToken(token.isEmpty() ? name + "." + given : token)
                        .build());
                responses.onCompleted();
            }
        }

        private static void await(CountDownLatch latch) {
            try {
                assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
                throw new AssertionError(e);
            }
        }
    }

    @Test
    void oneTokenIsShownToAllReplicas() {
        assertThat(first.read(login)).isEqualTo("first.1");
        assertThat(second.read(login)).isEqualTo("first.1");
        assertThat(second.given).isZero();
        assertThat(heard).containsExactly("in at 1");
    }

    @Test
    void aTokenIsRenewedEachMinuteWhereACallGoes() {
        assertThat(first.read(login)).isEqualTo("first.1");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(59));
        assertThat(first.read(login)).isEqualTo("first.1");
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(second.read(login)).isEqualTo("second.1");
    }

    @Test
    void aTokenThatWasRefusedIsNotShownAgain() {
        assertThat(first.read(login)).isEqualTo("first.1");
        second.refusal = INVALID;
        assertThatThrownBy(() -> second.read(login)).hasMessageContaining("invalid auth token");
        second.refusal = Status.OK;
        assertThat(second.read(login)).isEqualTo("second.1");
        first.refusal = Status.PERMISSION_DENIED.withDescription("etcdserver: permission denied");
        assertThatThrownBy(() -> first.read(login)).hasMessageContaining("permission denied");
        first.refusal = Status.OK;
        assertThat(first.read(login)).isEqualTo("second.1");
    }

    @Test
    void noPasswordIsSentWherePermissionsAreNotEnabled() {
        first.enabled = false;
        assertThat(first.read(login)).isEqualTo("none");
        assertThat(first.given).isZero();
        first.enabled = true;
        first.refusal = Status.INVALID_ARGUMENT.withDescription("etcdserver: user name is empty");
        assertThatThrownBy(() -> first.read(login)).hasMessageContaining("user name is empty");
        first.refusal = Status.OK;
        assertThat(first.read(login)).isEqualTo("first.1");
    }

    @Test
    void aWrongPasswordIsToldAndNotTriedAgainAtOnce() {
        password = "wrong";
        refused(
                "user ann is not signed in: authentication failed, invalid user ID or password",
                () -> first.read(login));
        for (int i = 0; i < 10; i++) {
            refused(
                    "user ann is not signed in: authentication failed, invalid user ID or password",
                    () -> first.read(login));
        }
        assertThat(first.given).isEqualTo(1);
        assertThat(heard).hasSize(1);
        assertThat(heard.getFirst()).startsWith("refused at 1: ").doesNotContain("wrong");
        password = "right";
        nanos.addAndGet(TimeUnit.SECONDS.toNanos(1));
        assertThat(first.read(login)).isEqualTo("first.2");
    }

    @Test
    void thePauseAfterARefusalGrowsToAMinute() {
        password = "wrong";
        assertThatThrownBy(() -> first.read(login)).isInstanceOf(StatusRuntimeException.class);
        int tried = 1;
        for (long second : new long[] {1, 2, 4, 8, 16, 32, 60, 60, 60}) {
            nanos.addAndGet(TimeUnit.SECONDS.toNanos(second) - 1);
            assertThatThrownBy(() -> first.read(login)).isInstanceOf(StatusRuntimeException.class);
            assertThat(first.given).as("before %d s", second).isEqualTo(tried);
            nanos.addAndGet(1);
            assertThatThrownBy(() -> first.read(login)).isInstanceOf(StatusRuntimeException.class);
            tried++;
            assertThat(first.given).as("after %d s", second).isEqualTo(tried);
        }
    }

    @Test
    void whatCannotBeAHeaderIsNoToken() {
        for (String junk : List.of("x".repeat(5000), "two\nlines", "größer", " ")) {
            first.token = junk;
            refused("user ann is not signed in: what it gives out is no token", () -> first.read(login));
            nanos.addAndGet(TimeUnit.MINUTES.toNanos(2));
        }
        assertThat(second.read(login)).isEqualTo("second.1");
    }

    @Test
    void aPasswordThatCannotBeReadIsToldLikeAWrongOne() {
        login = new Login(
                "ann",
                Optional.of(() -> {
                    throw new IOException("the file is gone");
                }),
                new Heard(),
                nanos::get);
        refused("user ann is not signed in: the file is gone", () -> first.read(login));
        assertThat(first.given).isZero();
        assertThat(heard).containsExactly("refused at 1: user ann is not signed in: the file is gone");
    }

    @Test
    void manyCallsSignInOnce() throws Exception {
        CountDownLatch release = new CountDownLatch(1);
        first.held = Optional.of(release);
        List<String> tokens = new ArrayList<>();
        List<Thread> callers = new ArrayList<>();
        for (int i = 0; i < 20; i++) {
            callers.add(Thread.ofVirtual().start(() -> {
                String token = first.read(login);
                synchronized (tokens) {
                    tokens.add(token);
                }
            }));
        }
        release.countDown();
        for (Thread caller : callers) {
            caller.join();
        }
        assertThat(tokens).hasSize(20).containsOnly("first.1");
    }

    @Test
    void aReplicaThatIsDownIsNotARefusal() throws Exception {
        first.down = true;
        assertThatThrownBy(() -> first.read(login)).isInstanceOfSatisfying(StatusRuntimeException.class, failed -> {
            assertThat(failed.getStatus().getCode()).isEqualTo(Status.Code.UNAVAILABLE);
            assertThat(SignInException.isIn(failed.getStatus())).isTrue();
        });
        assertThat(heard).isEmpty();
        first.down = false;
        assertThat(first.read(login)).as("at once").isEqualTo("first.1");
        login.forget(login.standingAt(first.address, first.channel).get());
        assertThat(second.read(login)).isEqualTo("second.1");
    }

    @Test
    void whoIsNamedByACertificateNeedsNoToken() throws Exception {
        login = new Login("ann", Optional.empty(), new Heard(), nanos::get);
        assertThat(first.read(login)).isEqualTo("none");
        assertThat(first.given).isZero();
        SignedIn standing = login.standingAt(first.address, first.channel).get();
        assertThat(standing.authRevision()).hasValue(7);
    }

    @Test
    void noTextHasTheToken() throws Exception {
        assertThat(login.standingAt(first.address, first.channel).get().toString())
                .doesNotContain("first.1");
    }

    private static void refused(String description, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(refused.getStatus().getDescription()).isEqualTo(description);
        });
    }
}
