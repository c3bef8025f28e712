package dev.cairn.server.etcd;

import dev.cairn.kv.Limits;
import dev.cairn.kv.Validation;
import dev.cairn.kv.auth.Caller;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.Background;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.auth.Identity;
import dev.cairn.server.gateway.Call;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;
import dev.cairn.server.watch.Outlet;
import dev.cairn.server.watch.WatchHub;
import dev.cairn.server.watch.WatchStream;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The store as its clients have it, for recipes that the server runs for them. Each operation needs the permissions of
 * whoever made the call, as if they had asked for it themselves. Nothing blocks. A future fails with the exception that
 * the recipe's caller is told; as in etcd that says UNKNOWN of whatever the store has against an operation. What comes
 * after a future runs on threads that must not be held up.
 */
public final class LocalClient {
    /** How long the lease of a caller lives that has brought none. */
    private static final long SESSION_SECONDS = 60;

    private final Parts parts;
    private final Credentials credentials;

    /**
     * What it is made of, whoever asks.
     *
     * @param leaseIds numbers above 0, all alike likely
     */
    public record Parts(
            Gateway gateway,
            ReadIndex readIndex,
            Store store,
            Access access,
            Background background,
            WatchHub hub,
            Headers headers,
            Limits limits,
            LongSupplier leaseIds,
            int maxClientBytes) {}

    /** Nobody's. */
    public LocalClient(Parts parts) {
        this(parts, Credentials.NONE);
    }

    private LocalClient(Parts parts, Credentials credentials) {
        this.parts = parts;
        this.credentials = credentials;
    }

    /** Theirs who have made the call that is being handled. */
    LocalClient ofCaller() {
        return new LocalClient(parts, Credentials.current());
    }

    Headers headers() {
        return parts.headers();
    }

    static <T> CompletableFuture<T> failed(String why) {
        return CompletableFuture.failedFuture(unknown(why));
    }

    private static StatusRuntimeException unknown(EtcdError why) {
        return unknown(why.description());
    }

    private static StatusRuntimeException unknown(String why) {
        return Status.UNKNOWN.withDescription(why).asRuntimeException();
    }

    // Writes.

    /** The lease itself, or if it is 0 a new one. */
    CompletableFuture<Long> session(long lease) {
        if (lease != 0) {
            return CompletableFuture.completedFuture(lease);
        }
        return write(new LeaseOperation.Grant(parts.leaseIds().getAsLong(), SESSION_SECONDS))
                .thenApply(outcome -> ((LeaseOutcome.Granted) outcome).id());
    }

    CompletableFuture<Outcome.Txn> txn(Operation.Txn txn) {
        return write(txn).thenApply(Outcome.Txn.class::cast);
    }

    /** What became of the operation; it never is {@link Outcome.Failed}. */
    CompletableFuture<Outcome> write(Operation operation) {
        Optional<KvError> invalid = Validation.check(operation, parts.limits());
        if (invalid.isPresent()) {
            return failed(EtcdError.of(invalid.get()).description());
        }
        Optional<Operation> asked = parts.access().asked(credentials, operation);
        if (asked.isEmpty()) {
            return failed(EtcdError.INVALID_AUTH_TOKEN.description());
        }
        int size = OperationSize.of(asked.get());
        if (size > parts.maxClientBytes()) {
            return failed(EtcdError.REQUEST_TOO_LARGE.description());
        }
        CompletableFuture<Outcome> done = new CompletableFuture<>();
        parts.gateway().submit(new Write(asked.get(), size, done));
        return done;
    }

    private final class Write implements Call {
        private final Operation operation;
        private final int sizeBytes;
        private final CompletableFuture<Outcome> done;

        Write(Operation operation, int sizeBytes, CompletableFuture<Outcome> done) {
            this.operation = operation;
            this.sizeBytes = sizeBytes;
            this.done = done;
        }

        @Override
        public Operation operation() {
            return operation;
        }

        @Override
        public int sizeBytes() {
            return sizeBytes;
        }

        @Override
        public boolean isAbandoned() {
            return false;
        }

        @Override
        public void completed(Outcome outcome) {
            if (!(outcome instanceof Outcome.Failed failed)) {
                done.complete(outcome);
            } else if (failed.error() == KvError.GUARDED) {
                done.completeExceptionally(EtcdError.guarded(parts.store().needsSignatures(operation))
                        .asRuntimeException());
            } else {
                done.completeExceptionally(unknown(EtcdError.of(failed.error())));
            }
        }

        @Override
        public void refused(Refusal why) {
            done.completeExceptionally(EtcdError.of(why).exception());
        }
    }

    // Reads.

    /** Linearizable. */
    CompletableFuture<Outcome.Ranged> range(Operation.Range range) {
        CompletableFuture<Outcome.Ranged> done = new CompletableFuture<>();
        parts.readIndex().await(new ReadIndex.Read() {
            @Override
            public void proceed() {
                switch (parts.access().identify(credentials)) {
                    case Identity.BadToken _ -> done.completeExceptionally(unknown(EtcdError.INVALID_AUTH_TOKEN));
                    case Identity.Known(Optional<Caller> caller) ->
                        inBackground(done, () -> read(parts.store().read(caller, range), done));
                }
            }

            @Override
            public void refuse(Refusal why) {
                done.completeExceptionally(EtcdError.of(why).exception());
            }
        });
        return done;
    }

    private static void read(Outcome outcome, CompletableFuture<Outcome.Ranged> done) {
        switch (outcome) {
            case Outcome.Ranged ranged -> done.complete(ranged);
            case Outcome.Failed failed -> done.completeExceptionally(unknown(EtcdError.of(failed.error())));
            case Outcome other -> throw new AssertionError("an outcome of another kind: " + other);
        }
    }

    /** The value of a version that was read a moment ago. */
    CompletableFuture<Bytes> value(KeyVersion version) {
        CompletableFuture<Bytes> done = new CompletableFuture<>();
        version.value()
                .resident()
                .ifPresentOrElse(
                        done::complete,
                        () -> inBackground(
                                done,
                                () -> parts.store()
                                        .value(version)
                                        .ifPresentOrElse(
                                                done::complete,
                                                () -> done.completeExceptionally(EtcdError.COMPACTED.exception()))));
        return done;
    }

    private void inBackground(CompletableFuture<?> done, Runnable task) {
        boolean taken = parts.background().offer(() -> {
            try {
                task.run();
            } catch (RuntimeException e) {
                done.completeExceptionally(e);
                throw e;
            }
        });
        if (!taken) {
            done.completeExceptionally(EtcdError.TOO_MANY_REQUESTS.exception());
        }
    }

    // Watches.

    /** Done when the key is deleted, in {@code fromRevision} or later. Whatever else ends the future ends the watch. */
    CompletableFuture<Void> deletion(Bytes key, long fromRevision) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        WatchStream stream = watch(
                WatchCreateRequest.newBuilder()
                        .setKey(Pairs.string(key))
                        .setStartRevision(fromRevision)
                        .addFilters(WatchCreateRequest.FilterType.NOPUT)
                        .build(),
                () -> true,
                response -> {
                    if (response.getEventsCount() > 0) {
                        done.complete(null);
                    }
                },
                status -> done.completeExceptionally(status.asRuntimeException()));
        var _ = done.whenComplete((_, _) -> stream.gone());
        return done;
    }

    /**
     * A watch; what it sends and its end come on the hub's thread.
     *
     * @param isReady whether more may be sent
     * @param failed is told once at most, when the watch ends by itself
     */
    WatchStream watch(
            WatchCreateRequest request,
            BooleanSupplier isReady,
            Consumer<WatchResponse> sent,
            Consumer<Status> failed) {
        WatchStream stream = parts.hub()
                .open(
                        new Outlet() {
                            @Override
                            public boolean isReady() {
                                return isReady.getAsBoolean();
                            }

                            @Override
                            public void send(WatchResponse response) {
                                if (response.getCanceled()) {
                                    failed.accept(EtcdError.COMPACTED.status());
                                } else {
                                    sent.accept(response);
                                }
                            }

                            @Override
                            public void close(Status status) {
                                failed.accept(status);
                            }
                        },
                        parts.headers()::at);
        KeySpan span = KeySpan.of(
                Bytes.wrap(request.getKey().toByteArray()),
                Bytes.wrap(request.getRangeEnd().toByteArray()));
        parts.access()
                .readRefusal(credentials, span)
                .ifPresentOrElse(
                        refusal -> stream.end(unknown(refusal).getStatus()), () -> stream.create(request, () -> {}));
        return stream;
    }
}
