package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantResponse;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveResponse;
import dev.cairn.proto.etcdserverpb.LeaseLeasesRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.LeaseStatus;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveResponse;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.runtime.StorageException;
import dev.cairn.server.etcd.EtcdError;
import io.grpc.ClientInterceptors;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** etcd's Lease service over the wire, in front of a store whose time the test makes. */
class LeaseServiceTest {
    @TempDir
    private Path directory;

    private ServedStore served;
    private LeaseGrpc.LeaseBlockingStub leases;
    private KVGrpc.KVBlockingStub kv;

    @BeforeEach
    void serve() throws IOException, StorageException {
        served = new ServedStore(directory);
        leases = LeaseGrpc.newBlockingStub(served.channel);
        kv = KVGrpc.newBlockingStub(served.channel);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private LeaseGrantResponse grant(long id, long seconds) {
        return leases.leaseGrant(
                LeaseGrantRequest.newBuilder().setID(id).setTTL(seconds).build());
    }

    private void put(String key, long lease) {
        kv.put(PutRequest.newBuilder().setKey(utf8(key)).setLease(lease).build());
    }

    private LeaseTimeToLiveResponse timeToLive(long id, boolean keys) {
        return leases.leaseTimeToLive(
                LeaseTimeToLiveRequest.newBuilder().setID(id).setKeys(keys).build());
    }

    private void revoke(long id) {
        leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(id).build());
    }

    private List<String> keys() {
        ByteString all = ByteString.copyFrom(new byte[1]);
        return kv.range(RangeRequest.newBuilder().setKey(all).setRangeEnd(all).build()).getKvsList().stream()
                .map(pair -> pair.getKey().toStringUtf8())
                .toList();
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private static void refuses(EtcdError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(error.description());
            assertThat(e.getStatus().getCode()).isEqualTo(error.status().getCode());
        });
    }

    @Test
    void aGrantTellsTheIdAndTheTimeThatItGave() {
        LeaseGrantResponse drawn = grant(0, 10);
        assertThat(drawn.getID()).isPositive();
        assertThat(drawn.getTTL()).isEqualTo(10);
        assertThat(drawn.getError()).isEmpty();
        assertThat(drawn.getHeader().getRevision()).isEqualTo(1);
        assertThat(drawn.getHeader().getMemberId()).isNotZero();
        assertThat(grant(0, 10).getID()).isNotEqualTo(drawn.getID());
        assertThat(grant(-5, -1)).satisfies(least -> {
            assertThat(least.getID()).isEqualTo(-5);
            assertThat(least.getTTL()).isEqualTo(2);
        });
        refuses(EtcdError.LEASE_EXISTS, () -> grant(-5, 10));
        refuses(EtcdError.LEASE_TTL_TOO_LARGE, () -> grant(-5, 9_000_000_001L));
    }

    @Test
    void aRevocationDeletesTheKeysInOneRevision() {
        grant(7, 10);
        put("b", 7);
        put("a", 7);
        assertThat(timeToLive(7, true).getKeysList()).containsExactly(utf8("a"), utf8("b"));
        assertThat(leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(7).build())
                        .getHeader()
                        .getRevision())
                .isEqualTo(4);
        assertThat(keys()).isEmpty();
        refuses(EtcdError.LEASE_NOT_FOUND, () -> revoke(7));
        refuses(EtcdError.LEASE_NOT_FOUND, () -> put("a", 7));
    }

    @Test
    void timeToLiveTellsWholeSecondsAndOfNoLeaseThatItIsOver() {
        grant(7, 10);
        put("a", 7);
        served.node.passTime(3);
        assertThat(timeToLive(7, false)).satisfies(left -> {
            assertThat(left.getTTL()).isBetween(6L, 7L);
            assertThat(left.getGrantedTTL()).isEqualTo(10);
            assertThat(left.getKeysList()).isEmpty();
        });
        assertThat(timeToLive(8, true)).satisfies(none -> {
            assertThat(none.getID()).isEqualTo(8);
            assertThat(none.getTTL()).isEqualTo(-1);
            assertThat(none.getGrantedTTL()).isZero();
            assertThat(none.getHeader().getRevision()).isEqualTo(2);
        });
    }

    @Test
    void leasesAreListedByTheirEnd() {
        grant(1, 30);
        grant(2, 10);
        grant(3, 20);
        assertThat(leases.leaseLeases(LeaseLeasesRequest.getDefaultInstance()).getLeasesList())
                .extracting(LeaseStatus::getID)
                .containsExactly(2L, 3L, 1L);
    }

    @Test
    void whatRunsOutTakesItsKeysWithIt() {
        grant(7, 2);
        put("a", 7);
        put("b", 0);
        served.node.passTime(5);
        assertThat(keys()).containsExactly("b");
        assertThat(timeToLive(7, false).getTTL()).isEqualTo(-1);
        assertThat(served.registry.scrape())
                .contains("etcd_debugging_lease_granted_total 1.0")
                .contains("etcd_debugging_lease_revoked_total 1.0")
                .contains("cairn_leases 0.0");
    }

    @Test
    void aKeyIsDetachedByADelete() {
        grant(7, 10);
        put("a", 7);
        kv.deleteRange(DeleteRangeRequest.newBuilder().setKey(utf8("a")).build());
        assertThat(timeToLive(7, true).getKeysList()).isEmpty();
    }

    // Keeping alive.

    /** What a stream said, in its order; its end last. */
    private static final class Answers implements StreamObserver<LeaseKeepAliveResponse> {
        final BlockingQueue<Object> all = new LinkedBlockingQueue<>();

        @Override
        public void onNext(LeaseKeepAliveResponse response) {
            all.add(response);
        }

        @Override
        public void onError(Throwable failure) {
            all.add(Status.fromThrowable(failure));
        }

        @Override
        public void onCompleted() {
            all.add(Status.OK);
        }

        Object next() throws InterruptedException {
            Object next = all.poll(10, TimeUnit.SECONDS);
            assertThat(next).as("an answer").isNotNull();
            return next;
        }

        void expect(long id, long seconds) throws InterruptedException {
            assertThat(next()).isInstanceOfSatisfying(LeaseKeepAliveResponse.class, answer -> {
                assertThat(answer.getID()).isEqualTo(id);
                assertThat(answer.getTTL()).isEqualTo(seconds);
                assertThat(answer.getHeader().getRevision()).isPositive();
            });
        }
    }

    private static LeaseKeepAliveRequest of(long id) {
        return LeaseKeepAliveRequest.newBuilder().setID(id).build();
    }

    @Test
    void eachRequestToKeepALeaseAliveHasOneAnswerAndTheStreamGoesOn() throws InterruptedException {
        grant(7, 10);
        Answers answers = new Answers();
        StreamObserver<LeaseKeepAliveRequest> asking =
                LeaseGrpc.newStub(served.channel).leaseKeepAlive(answers);
        served.node.passTime(4);
        asking.onNext(of(7));
        answers.expect(7, 10);
        assertThat(timeToLive(7, false).getTTL()).isBetween(9L, 10L);
        asking.onNext(of(99));
        answers.expect(99, 0);
        asking.onNext(of(7));
        asking.onNext(of(7));
        asking.onCompleted();
        answers.expect(7, 10);
        answers.expect(7, 10);
        assertThat(answers.next()).isEqualTo(Status.OK);
        assertThat(served.registry.scrape()).contains("cairn_waiting_keepalives 0.0");
    }

    @Test
    void manyLeasesOfManyStreamsShareAFewBlocks() throws InterruptedException {
        int many = 3_000;
        for (int id = 1; id <= 3; id++) {
            grant(id, 10);
        }
        long before = served.machine.committed().height().value();
        List<Answers> all = List.of(new Answers(), new Answers());
        for (Answers answers : all) {
            StreamObserver<LeaseKeepAliveRequest> asking =
                    LeaseGrpc.newStub(served.channel).leaseKeepAlive(answers);
            for (int i = 0; i < many; i++) {
                asking.onNext(of(i % 4));
            }
            asking.onCompleted();
        }
        for (Answers answers : all) {
            for (int i = 0; i < many; i++) {
                assertThat(answers.next()).isInstanceOf(LeaseKeepAliveResponse.class);
            }
            assertThat(answers.next()).isEqualTo(Status.OK);
        }
        assertThat(served.machine.committed().height().value() - before).isLessThan(60);
    }

    @Test
    void aStreamThatWantsALeaderEndsWithoutOne() throws InterruptedException {
        Metadata wanting = new Metadata();
        wanting.put(Metadata.Key.of("hasleader", Metadata.ASCII_STRING_MARSHALLER), "true");
        Answers answers = new Answers();
        LeaseGrpc.newStub(ClientInterceptors.intercept(
                        served.channel, MetadataUtils.newAttachHeadersInterceptor(wanting)))
                .leaseKeepAlive(answers)
                .onNext(of(99));
        answers.expect(99, 0);
        served.node.loseLeader(true);
        assertThat(answers.next())
                .isInstanceOfSatisfying(
                        Status.class,
                        status -> assertThat(status.getDescription()).isEqualTo(EtcdError.NO_LEADER.description()));
    }
}
