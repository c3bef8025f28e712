package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import dev.cairn.proto.etcdserverpb.WatchGrpc;
import dev.cairn.proto.etcdserverpb.WatchRequest;
import dev.cairn.proto.etcdserverpb.WatchResponse;
import dev.cairn.proto.v3electionpb.CampaignRequest;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3electionpb.LeaderRequest;
import dev.cairn.proto.v3electionpb.LeaderResponse;
import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.proto.v3lockpb.LockRequest;
import dev.cairn.proto.v3lockpb.LockResponse;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A client whose replica is stopped goes on at another: it must hear UNAVAILABLE, for it takes any other end for final. */
@Timeout(60)
class StoppedReplicaTest {
    private static final String STOPPED = "etcdserver: server stopped";

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @SuppressWarnings("NullAway.Init")
    private ServedStore served;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    /** How a call ended, once it has had its first answer. */
    private static final class Ended<T> implements StreamObserver<T> {
        private final CompletableFuture<T> first = new CompletableFuture<>();
        private final CompletableFuture<Status> end = new CompletableFuture<>();

        @Override
        public void onNext(T answer) {
            first.complete(answer);
        }

        @Override
        public void onError(Throwable failure) {
            end.complete(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            end.complete(Status.OK);
        }

        T first() {
            return first.orTimeout(10, TimeUnit.SECONDS).join();
        }

        Status end() {
            return end.orTimeout(10, TimeUnit.SECONDS).join();
        }
    }

    @Test
    void aWatch() {
        Ended<WatchResponse> watch = new Ended<>();
        WatchGrpc.newStub(served.channel)
                .watch(watch)
                .onNext(WatchRequest.newBuilder()
                        .setCreateRequest(WatchCreateRequest.newBuilder().setKey(utf8("a")))
                        .build());
        assertThat(watch.first().getCreated()).isTrue();
        served.stopServing();
        isUnavailable(watch.end());
    }

    @Test
    void aLeaseThatIsKeptAlive() {
        long lease = granted();
        Ended<LeaseKeepAliveResponse> renewals = new Ended<>();
        LeaseGrpc.newStub(served.channel)
                .leaseKeepAlive(renewals)
                .onNext(LeaseKeepAliveRequest.newBuilder().setID(lease).build());
        assertThat(renewals.first().getTTL()).isPositive();
        served.stopServing();
        isUnavailable(renewals.end());
    }

    @Test
    void whoWaitsForALock() {
        var _ = LockGrpc.newBlockingStub(served.channel).lock(lock(granted()));
        Ended<LockResponse> waiting = new Ended<>();
        long lease = granted();
        LockGrpc.newStub(served.channel).lock(lock(lease), waiting);
        Awaiting.until("the waiter has its key", () -> count("mutex/") == 2);
        served.stopServing();
        isUnavailable(waiting.end());
    }

    @Test
    void whoObservesAnElection() {
        var _ = ElectionGrpc.newBlockingStub(served.channel)
                .campaign(CampaignRequest.newBuilder()
                        .setName(utf8("chair"))
                        .setLease(granted())
                        .build());
        Ended<LeaderResponse> observing = new Ended<>();
        ElectionGrpc.newStub(served.channel)
                .observe(LeaderRequest.newBuilder().setName(utf8("chair")).build(), observing);
        assertThat(observing.first().hasKv()).isTrue();
        served.stopServing();
        isUnavailable(observing.end());
    }

    /** No call ends as if the caller had cancelled it, though nobody has thought of it. */
    @Test
    void anyOtherStream() {
        Ended<HealthCheckResponse> health = new Ended<>();
        HealthGrpc.newStub(served.channel).watch(HealthCheckRequest.getDefaultInstance(), health);
        assertThat(health.first().getStatus()).isEqualTo(HealthCheckResponse.ServingStatus.SERVING);
        served.stopServing();
        assertThat(health.end().getCode()).as("%s", health.end()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    private long count(String prefix) {
        return KVGrpc.newBlockingStub(served.channel)
                .range(RangeRequest.newBuilder()
                        .setKey(utf8(prefix))
                        .setRangeEnd(utf8(prefix + "\uffff"))
                        .setCountOnly(true)
                        .build())
                .getCount();
    }

    private static LockRequest lock(long lease) {
        return LockRequest.newBuilder().setName(utf8("mutex")).setLease(lease).build();
    }

    private long granted() {
        return LeaseGrpc.newBlockingStub(served.channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setTTL(60).build())
                .getID();
    }

    private static void isUnavailable(Status end) {
        assertThat(end.getDescription()).isEqualTo(STOPPED);
        assertThat(end.getCode()).isEqualTo(Status.Code.UNAVAILABLE);
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
