package dev.cairn.client;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.etcdserverpb.AuthGrpc;
import dev.cairn.proto.etcdserverpb.AuthStatusRequest;
import dev.cairn.proto.etcdserverpb.AuthStatusResponse;
import dev.cairn.proto.etcdserverpb.AuthenticateRequest;
import dev.cairn.proto.etcdserverpb.AuthenticateResponse;
import io.grpc.Channel;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Signs a user in at one replica: once for all who wait, and after a refusal not again at once. */
final class SignInDesk {
    private static final Duration TIMEOUT = Duration.ofSeconds(5);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(1);
    private static final String NOT_ENABLED = "etcdserver: authentication is not enabled";
    private static final String ETCDS = "etcdserver: ";
    private static final Pattern TOKEN = Pattern.compile("[!-~]{1,4096}");

    private final Login login;
    private final HostPort replica;
    private final AuthGrpc.AuthStub auth;

    private @Nullable CompletableFuture<SignedIn> underWay;

    /** What is told until the pause is over. */
    private @Nullable SignInException refusal;

    private Duration pause = FIRST_PAUSE;
    private long againNanos;

    /** @param bare calls through it bring no token */
    SignInDesk(Login login, HostPort replica, Channel bare) {
        this.login = login;
        this.replica = replica;
        this.auth = AuthGrpc.newStub(bare);
    }

    CompletableFuture<SignedIn> signIn() {
        CompletableFuture<SignedIn> answer;
        synchronized (this) {
            if (underWay != null) {
                return underWay;
            }
            if (refusal != null && login.nanos() - againNanos < 0) {
                return CompletableFuture.failedFuture(refusal);
            }
            answer = new CompletableFuture<>();
            underWay = answer;
        }
        ask(answer);
        return answer;
    }

    /** Where permissions are not enabled no password is sent. Nor does it end with the call that happened to be first. */
    private void ask(CompletableFuture<SignedIn> answer) {
        Optional<String> password;
        try {
            password = login.password().isPresent()
                    ? Optional.of(login.password().get().read())
                    : Optional.empty();
        } catch (IOException e) {
            refuse(answer, String.valueOf(e.getMessage()), e);
            return;
        }
        long now = login.nanos();
        Context.ROOT.run(() -> within().authStatus(
                        AuthStatusRequest.getDefaultInstance(),
                        new One<AuthStatusResponse>(
                                status -> {
                                    OptionalLong revision = status.getEnabled()
                                            ? OptionalLong.of(status.getAuthRevision())
                                            : OptionalLong.empty();
                                    if (status.getEnabled() && password.isPresent()) {
                                        authenticate(password.get(), revision, now, answer);
                                    } else {
                                        admit(answer, new SignedIn(replica, Optional.empty(), revision, now));
                                    }
                                },
                                failure -> fail(answer, failure))));
    }

    private void authenticate(String password, OptionalLong revision, long nanos, CompletableFuture<SignedIn> answer) {
        within().authenticate(
                        AuthenticateRequest.newBuilder()
                                .setName(login.user())
                                .setPassword(password)
                                .build(),
                        new One<AuthenticateResponse>(
                                response -> take(response.getToken(), revision, nanos, answer), failure -> {
                                    String said = Status.fromThrowable(failure).getDescription();
                                    if (NOT_ENABLED.equals(said)) {
                                        admit(
                                                answer,
                                                new SignedIn(replica, Optional.empty(), OptionalLong.empty(), nanos));
                                    } else {
                                        fail(answer, failure);
                                    }
                                }));
    }

    /** What cannot be a header would keep others from understanding any call. */
    private void take(String token, OptionalLong revision, long nanos, CompletableFuture<SignedIn> answer) {
        if (TOKEN.matcher(token).matches()) {
            login.listener().signedIn(replica);
            admit(answer, new SignedIn(replica, Optional.of(token), revision, nanos));
        } else {
            refuse(answer, "what it gives out is no token", null);
        }
    }

    private AuthGrpc.AuthStub within() {
        return auth.withDeadlineAfter(TIMEOUT.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void admit(CompletableFuture<SignedIn> answer, SignedIn standing) {
        login.keep(standing);
        synchronized (this) {
            refusal = null;
            pause = FIRST_PAUSE;
            underWay = null;
        }
        answer.complete(standing);
    }

    private void fail(CompletableFuture<SignedIn> answer, Throwable failure) {
        Status status = Status.fromThrowable(failure);
        switch (status.getCode()) {
            case UNAVAILABLE, DEADLINE_EXCEEDED, RESOURCE_EXHAUSTED, CANCELLED -> {
                synchronized (this) {
                    underWay = null;
                }
                answer.completeExceptionally(new SignInException(
                        status.getCode(),
                        status.getDescription() == null ? status.getCode().toString() : status.getDescription(),
                        status.getCause()));
            }
            default -> {
                String said = String.valueOf(status.getDescription());
                refuse(answer, said.startsWith(ETCDS) ? said.substring(ETCDS.length()) : said, failure);
            }
        }
    }

    private void refuse(CompletableFuture<SignedIn> answer, String why, @Nullable Throwable cause) {
        String sentence = "user " + login.user() + " is not signed in: " + why;
        SignInException refused = new SignInException(Status.Code.UNAUTHENTICATED, sentence, cause);
        login.listener().refused(replica, sentence);
        synchronized (this) {
            refusal = refused;
            againNanos = login.nanos() + pause.toNanos();
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) < 0 ? longer : LONGEST_PAUSE;
            underWay = null;
        }
        answer.completeExceptionally(refused);
    }

    /** One answer, or why there is none. */
    private record One<T>(Consumer<T> answered, Consumer<Throwable> failed) implements StreamObserver<T> {
        @Override
        public void onNext(T response) {
            answered.accept(response);
        }

        @Override
        public void onError(Throwable failure) {
            failed.accept(failure);
        }

        @Override
        public void onCompleted() {}
    }
}
