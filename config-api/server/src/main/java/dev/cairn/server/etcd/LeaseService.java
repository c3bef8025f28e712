package dev.cairn.server.etcd;

import com.google.protobuf.UnsafeByteOperations;
import dev.cairn.kv.Lease;
import dev.cairn.kv.LeaseView;
import dev.cairn.kv.Limits;
import dev.cairn.kv.Validation;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Outcome;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantResponse;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveResponse;
import dev.cairn.proto.etcdserverpb.LeaseLeasesRequest;
import dev.cairn.proto.etcdserverpb.LeaseLeasesResponse;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeResponse;
import dev.cairn.proto.etcdserverpb.LeaseStatus;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveResponse;
import dev.cairn.server.Background;
import dev.cairn.server.auth.Credentials;
import dev.cairn.server.gateway.Gateway;
import dev.cairn.server.gateway.ReadIndex;
import dev.cairn.server.gateway.Refusal;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** etcd's Lease service: what changes a lease goes through the log, what asks for one through the read index. */
public final class LeaseService extends LeaseGrpc.LeaseImplBase {
    private static final long MILLIS_PER_SECOND = 1000;

    private final Gateway gateway;
    private final ReadIndex readIndex;
    private final KeepAlives keepAlives;
    private final Store store;
    private final Access access;
    private final Headers headers;
    private final Background background;
    private final Limits limits;
    private final LongSupplier ids;
    private final Set<KeepAliveStream> streams = ConcurrentHashMap.newKeySet();
    private final Set<KeepAliveStream> needLeader = ConcurrentHashMap.newKeySet();

    /**
     * Serves from the start.
     *
     * @param ids numbers above 0, all alike likely, of which leases without a number of their own get one
     */
    public LeaseService(
            Gateway gateway,
            ReadIndex readIndex,
            KeepAlives keepAlives,
            Store store,
            Access access,
            Headers headers,
            Background background,
            Limits limits,
            LongSupplier ids) {
        this.gateway = gateway;
        this.readIndex = readIndex;
        this.keepAlives = keepAlives;
        this.store = store;
        this.access = access;
        this.headers = headers;
        this.background = background;
        this.limits = limits;
        this.ids = ids;
    }

    // What changes a lease.

    @Override
    public void leaseGrant(LeaseGrantRequest request, StreamObserver<LeaseGrantResponse> observer) {
        long id = request.getID() == 0 ? ids.getAsLong() : request.getID();
        write(
                new LeaseOperation.Grant(id, request.getTTL()),
                observer,
                outcome -> outcome instanceof LeaseOutcome.Granted granted
                        ? LeaseGrantResponse.newBuilder()
                                .setHeader(headers.at(granted.revision()))
                                .setID(granted.id())
                                .setTTL(granted.ttlSeconds())
                                .build()
                        : null);
    }

    @Override
    public void leaseRevoke(LeaseRevokeRequest request, StreamObserver<LeaseRevokeResponse> observer) {
        write(
                new LeaseOperation.Revoke(request.getID()),
                observer,
                outcome -> outcome instanceof LeaseOutcome.Revoked revoked
                        ? LeaseRevokeResponse.newBuilder()
                                .setHeader(headers.at(revoked.revision()))
                                .build()
                        : null);
    }

    private <T> void write(
            LeaseOperation operation, StreamObserver<T> observer, Function<Outcome, @Nullable T> message) {
        Reply<T> reply = new Reply<>(observer, message, background);
        Optional<EtcdError> error = Validation.check(operation, limits).map(EtcdError::of);
        if (error.isPresent()) {
            reply.fail(error.get());
            return;
        }
        access.asked(Credentials.current(), operation)
                .ifPresentOrElse(
                        asked -> gateway.submit(new WriteCall(asked, OperationSize.of(asked), reply, store)),
                        () -> reply.fail(EtcdError.INVALID_AUTH_TOKEN));
    }

    @Override
    public StreamObserver<LeaseKeepAliveRequest> leaseKeepAlive(StreamObserver<LeaseKeepAliveResponse> responses) {
        Credentials credentials = Credentials.current();
        ServerCallStreamObserver<LeaseKeepAliveResponse> call =
                (ServerCallStreamObserver<LeaseKeepAliveResponse>) responses;
        KeepAliveStream stream =
                new KeepAliveStream(call, keepAlives, headers, lease -> access.keepAliveRefusal(credentials, lease));
        call.disableAutoRequest();
        streams.add(stream);
        if (LeaderGate.isLeaderRequired()) {
            needLeader.add(stream);
        }
        call.setOnReadyHandler(stream::ready);
        call.setOnCancelHandler(() -> forget(stream));
        call.setOnCloseHandler(() -> forget(stream));
        stream.begin();
        return stream;
    }

    /** The leader has been missing for long: ends the streams that asked not to be kept in the dark. */
    public void leaderLost() {
        end(needLeader, EtcdError.NO_LEADER);
    }

    /** Ends all streams. */
    public void endAll(EtcdError why) {
        end(streams, why);
    }

    private void end(Set<KeepAliveStream> some, EtcdError why) {
        List<KeepAliveStream> ended = List.copyOf(some);
        ended.forEach(this::forget);
        ended.forEach(stream -> stream.end(why));
    }

    private void forget(KeepAliveStream stream) {
        streams.remove(stream);
        needLeader.remove(stream);
    }

    // What asks for leases.

    @Override
    public void leaseTimeToLive(LeaseTimeToLiveRequest request, StreamObserver<LeaseTimeToLiveResponse> observer) {
        read(
                observer,
                leases -> request.getKeys() ? List.of(request.getID()) : List.of(),
                leases -> timeToLive(request, leases));
    }

    private LeaseTimeToLiveResponse timeToLive(LeaseTimeToLiveRequest request, LeaseView leases) {
        LeaseTimeToLiveResponse.Builder response = LeaseTimeToLiveResponse.newBuilder()
                .setHeader(headers.at(leases.revision()))
                .setID(request.getID());
        Optional<Lease> lease = leases.find(request.getID());
        if (lease.isEmpty()) {
            return response.setTTL(-1).build();
        }
        response.setTTL(lease.get().remainingMillis() / MILLIS_PER_SECOND)
                .setGrantedTTL(lease.get().grantedSeconds());
        if (request.getKeys()) {
            leases.keys(request.getID())
                    .forEach(key -> response.addKeys(UnsafeByteOperations.unsafeWrap(key.toArray())));
        }
        return response.build();
    }

    @Override
    public void leaseLeases(LeaseLeasesRequest request, StreamObserver<LeaseLeasesResponse> observer) {
        read(observer, LeaseView::byExpiry, leases -> {
            LeaseLeasesResponse.Builder response =
                    LeaseLeasesResponse.newBuilder().setHeader(headers.at(leases.revision()));
            leases.byExpiry()
                    .forEach(id -> response.addLeases(LeaseStatus.newBuilder().setID(id)));
            return response.build();
        });
    }

    /** @param told the leases whose keys the caller must be allowed to read */
    private <T> void read(
            StreamObserver<T> observer, Function<LeaseView, List<Long>> told, Function<LeaseView, T> message) {
        Credentials credentials = Credentials.current();
        readIndex.await(new ReadIndex.Read() {
            @Override
            public void proceed() {
                OwedWork.offer(background, observer, () -> {
                    Committed state = store.committed();
                    LeaseView leases = state.leases();
                    Optional<EtcdError> refusal = access.leaseReadRefusal(credentials, state, told.apply(leases));
                    if (refusal.isPresent()) {
                        observer.onError(refusal.get().exception());
                    } else {
                        observer.onNext(message.apply(leases));
                        observer.onCompleted();
                    }
                });
            }

            @Override
            public void refuse(Refusal why) {
                observer.onError(EtcdError.of(why).exception());
            }
        });
    }
}
