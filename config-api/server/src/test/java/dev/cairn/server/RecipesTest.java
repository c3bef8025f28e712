package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.mvccpb.KeyValue;
import dev.cairn.proto.v3electionpb.CampaignRequest;
import dev.cairn.proto.v3electionpb.CampaignResponse;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3electionpb.LeaderKey;
import dev.cairn.proto.v3electionpb.LeaderRequest;
import dev.cairn.proto.v3electionpb.LeaderResponse;
import dev.cairn.proto.v3electionpb.ProclaimRequest;
import dev.cairn.proto.v3electionpb.ProclaimResponse;
import dev.cairn.proto.v3electionpb.ResignRequest;
import dev.cairn.proto.v3electionpb.ResignResponse;
import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.proto.v3lockpb.LockRequest;
import dev.cairn.proto.v3lockpb.LockResponse;
import dev.cairn.proto.v3lockpb.UnlockRequest;
import dev.cairn.runtime.StorageException;
import io.grpc.Context;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
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

/** etcd's Lock and Election services over the wire; what is expected here is what an etcd 3.7.3 answers. */
class RecipesTest {
    private static final long PATIENCE_SECONDS = 10;

    @TempDir
    private Path directory;

    private ServedStore served;
    private LockGrpc.LockBlockingStub locks;
    private ElectionGrpc.ElectionBlockingStub elections;
    private KVGrpc.KVBlockingStub kv;
    private LeaseGrpc.LeaseBlockingStub leases;

    @BeforeEach
    void serve() throws IOException, StorageException {
        served = new ServedStore(directory);
        locks = LockGrpc.newBlockingStub(served.channel);
        elections = ElectionGrpc.newBlockingStub(served.channel);
        kv = KVGrpc.newBlockingStub(served.channel);
        leases = LeaseGrpc.newBlockingStub(served.channel);
        for (long id : List.of(1L, 2L, 3L, -7L)) {
            leases.leaseGrant(
                    LeaseGrantRequest.newBuilder().setID(id).setTTL(100).build());
        }
    }

    @AfterEach
    void stop() {
        served.close();
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFromUtf8(text);
    }

    private List<KeyValue> keys(String prefix) {
        return kv.range(RangeRequest.newBuilder()
                        .setKey(utf8(prefix + "/"))
                        .setRangeEnd(utf8(prefix + "0"))
                        .build())
                .getKvsList();
    }

    private List<String> names(String prefix) {
        return keys(prefix).stream().map(pair -> pair.getKey().toStringUtf8()).toList();
    }

    private static void refuses(String description, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(description);
            assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        });
    }

    /** What a call says, in its order; its end last. */
    private static final class Answers<T> implements StreamObserver<T> {
        final BlockingQueue<Object> all = new LinkedBlockingQueue<>();

        @Override
        public void onNext(T response) {
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
            Object next = all.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
            assertThat(next).as("an answer").isNotNull();
            return next;
        }
    }

    // Locks.

    private static LockRequest lock(String name, long lease) {
        return LockRequest.newBuilder().setName(utf8(name)).setLease(lease).build();
    }

    private Answers<LockResponse> waitingFor(String name, long lease) throws InterruptedException {
        Answers<LockResponse> answers = new Answers<>();
        LockGrpc.newStub(served.channel).lock(lock(name, lease), answers);
        awaitKey(name + "/" + Long.toHexString(lease));
        return answers;
    }

    private void awaitKey(String key) throws InterruptedException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (kv.range(RangeRequest.newBuilder().setKey(utf8(key)).build()).getCount() == 0) {
            assertThat(System.nanoTime()).as("%s is put in time", key).isLessThan(end);
            Thread.onSpinWait();
        }
    }

    private void unlock(String key) {
        locks.unlock(UnlockRequest.newBuilder().setKey(utf8(key)).build());
    }

    @Test
    void aFreeLockIsHeldAtOnceAndAgainByTheSameLease() {
        LockResponse held = locks.lock(lock("L", 1));
        assertThat(held.getKey()).isEqualTo(utf8("L/1"));
        assertThat(held.getHeader().getRevision()).isEqualTo(2);
        assertThat(keys("L"))
                .singleElement()
                .satisfies(pair -> assertThat(pair.getLease()).isEqualTo(1));
        assertThat(locks.lock(lock("L", 1))).isEqualTo(held);
        assertThat(locks.lock(lock("M", -7)).getKey()).isEqualTo(utf8("M/-7"));
    }

    @Test
    void whoBringsNoLeaseGetsOneOfAMinute() {
        locks.lock(lock("L", 0));
        KeyValue key = keys("L").getFirst();
        assertThat(key.getKey()).isEqualTo(utf8("L/" + Long.toHexString(key.getLease())));
        assertThat(leases.leaseTimeToLive(LeaseTimeToLiveRequest.newBuilder()
                                .setID(key.getLease())
                                .build())
                        .getGrantedTTL())
                .isEqualTo(60);
    }

    @Test
    void waitersGetTheLockInTheOrderInWhichTheyCame() throws InterruptedException {
        locks.lock(lock("L", 1));
        Answers<LockResponse> second = waitingFor("L", 3);
        Answers<LockResponse> third = waitingFor("L", 2);
        unlock("L/1");
        LockResponse held = (LockResponse) second.next();
        assertThat(held.getKey()).isEqualTo(utf8("L/3"));
        assertThat(held.getHeader().getRevision()).isEqualTo(5);
        assertThat(second.next()).isEqualTo(Status.OK);
        assertThat(third.all).isEmpty();
        leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(3).build());
        assertThat(((LockResponse) third.next()).getKey()).isEqualTo(utf8("L/2"));
    }

    /** That it waited for its turn means nothing once its key has gone and come again, behind others. */
    @Test
    void aWaiterWhoseKeyCameBackBehindOthersDoesNotHoldTheLock() throws InterruptedException {
        locks.lock(lock("L", 1));
        Answers<LockResponse> first = waitingFor("L", 2);
        unlock("L/2");
        Answers<LockResponse> second = waitingFor("L", 3);
        Answers<LockResponse> again = waitingFor("L", 2);
        unlock("L/1");
        assertThat(((LockResponse) second.next()).getKey()).isEqualTo(utf8("L/3"));
        assertThat(first.next()).isInstanceOf(Status.class);
        assertThat(again.all).isEmpty();
    }

    @Test
    void aWaiterWhoseLeaseHasEndedIsToldSoWhenItsTurnComes() throws InterruptedException {
        locks.lock(lock("L", 1));
        Answers<LockResponse> second = waitingFor("L", 2);
        leases.leaseRevoke(LeaseRevokeRequest.newBuilder().setID(2).build());
        unlock("L/1");
        assertThat(second.next()).isInstanceOfSatisfying(Status.class, status -> {
            assertThat(status.getCode()).isEqualTo(Status.Code.UNKNOWN);
            assertThat(status.getDescription()).isEqualTo("mutex: session is expired");
        });
    }

    @Test
    void aWaiterThatLeavesTakesItsKeyAway() throws InterruptedException {
        locks.lock(lock("L", 1));
        Context.CancellableContext leaving = Context.current().withCancellation();
        Answers<LockResponse> second = new Answers<>();
        leaving.run(() -> LockGrpc.newStub(served.channel).lock(lock("L", 2), second));
        awaitKey("L/2");
        leaving.cancel(null);
        awaitNames("L", "L/1");
    }

    private void awaitNames(String prefix, String... names) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (!names(prefix).equals(List.of(names))) {
            assertThat(System.nanoTime())
                    .as("%s are left in time", (Object) names)
                    .isLessThan(end);
            Thread.onSpinWait();
        }
    }

    @Test
    void locksAreRefusedAsEtcdDoes() {
        refuses("etcdserver: requested lease not found", () -> locks.lock(lock("L", 99)));
        refuses("etcdserver: key is not provided", () -> unlock(""));
        unlock("nothing");
    }

    // Elections.

    private CampaignRequest campaign(long lease, String value) {
        return CampaignRequest.newBuilder()
                .setName(utf8("E"))
                .setLease(lease)
                .setValue(utf8(value))
                .build();
    }

    private KeyValue leader() {
        return elections
                .leader(LeaderRequest.newBuilder().setName(utf8("E")).build())
                .getKv();
    }

    private ProclaimResponse proclaim(LeaderKey leader, String value) {
        return elections.proclaim(ProclaimRequest.newBuilder()
                .setLeader(leader)
                .setValue(utf8(value))
                .build());
    }

    private ResignResponse resign(LeaderKey leader) {
        return elections.resign(ResignRequest.newBuilder().setLeader(leader).build());
    }

    @Test
    void theOnlyCandidateLeadsAndMayComeBackWithSomethingElseToSay() {
        CampaignResponse won = elections.campaign(campaign(-7, "v1"));
        assertThat(won.getLeader())
                .isEqualTo(LeaderKey.newBuilder()
                        .setName(utf8("E"))
                        .setKey(utf8("E/-7"))
                        .setRev(2)
                        .setLease(-7)
                        .build());
        assertThat(won.getHeader().getRevision()).isEqualTo(2);
        assertThat(elections.campaign(campaign(-7, "v1"))).isEqualTo(won);
        assertThat(elections.campaign(campaign(-7, "v2"))).isEqualTo(won);
        assertThat(leader()).satisfies(key -> {
            assertThat(key.getValue()).isEqualTo(utf8("v2"));
            assertThat(key.getCreateRevision()).isEqualTo(2);
            assertThat(key.getModRevision()).isEqualTo(3);
            assertThat(key.getLease()).isEqualTo(-7);
        });
    }

    @Test
    void theNextOneLeadsWhenTheLeaderResigns() throws InterruptedException {
        LeaderKey first = elections.campaign(campaign(1, "one")).getLeader();
        Answers<CampaignResponse> second = new Answers<>();
        ElectionGrpc.newStub(served.channel).campaign(campaign(2, "two"), second);
        awaitKey("E/2");
        assertThat(leader().getValue()).isEqualTo(utf8("one"));
        assertThat(resign(first).getHeader().getRevision()).isEqualTo(4);
        CampaignResponse won = (CampaignResponse) second.next();
        assertThat(won.getLeader().getRev()).isEqualTo(3);
        assertThat(won.getHeader().getRevision())
                .as("of its candidacy, as etcd has it")
                .isEqualTo(3);
        assertThat(leader().getValue()).isEqualTo(utf8("two"));
    }

    @Test
    void aCandidateThatLeavesTakesItsKeyAway() throws InterruptedException {
        elections.campaign(campaign(1, "one"));
        Context.CancellableContext leaving = Context.current().withCancellation();
        Answers<CampaignResponse> second = new Answers<>();
        leaving.run(() -> ElectionGrpc.newStub(served.channel).campaign(campaign(2, "two"), second));
        awaitKey("E/2");
        leaving.cancel(null);
        awaitNames("E", "E/1");
    }

    @Test
    void electionsAreRefusedAsEtcdDoes() {
        refuses("election: no leader", this::leader);
        refuses("\"leader\" field must be provided", () -> elections.proclaim(ProclaimRequest.getDefaultInstance()));
        refuses("\"leader\" field must be provided", () -> elections.resign(ResignRequest.getDefaultInstance()));
        refuses("etcdserver: requested lease not found", () -> elections.campaign(campaign(99, "v")));
        refuses("etcdserver: key is not provided", () -> proclaim(LeaderKey.getDefaultInstance(), "v"));
        LeaderKey leader = elections.campaign(campaign(1, "v")).getLeader();
        LeaderKey other = leader.toBuilder().setRev(99).build();
        refuses("election: not leader", () -> proclaim(other, "w"));
        assertThat(resign(other).getHeader().getRevision())
                .as("nothing is done")
                .isEqualTo(2);
        assertThat(proclaim(leader, "w").getHeader().getRevision()).isEqualTo(3);
        assertThat(leader().getValue()).isEqualTo(utf8("w"));
    }

    @Test
    void whoeverObservesIsToldEachLeaderAndWhatItSays() throws InterruptedException {
        Answers<LeaderResponse> told = new Answers<>();
        ElectionGrpc.newStub(served.channel)
                .observe(LeaderRequest.newBuilder().setName(utf8("E")).build(), told);
        LeaderKey first = elections.campaign(campaign(1, "one")).getLeader();
        expect(told, "one", 2);
        proclaim(first, "more");
        expect(told, "more", 3);
        Answers<CampaignResponse> second = new Answers<>();
        ElectionGrpc.newStub(served.channel).campaign(campaign(2, "two"), second);
        awaitKey("E/2");
        resign(first);
        expect(told, "two", 5);
        resign(((CampaignResponse) second.next()).getLeader());
        elections.campaign(campaign(3, "three"));
        expect(told, "three", 7);
        assertThat(told.all).isEmpty();
    }

    private static void expect(Answers<LeaderResponse> told, String value, long revision) throws InterruptedException {
        assertThat(told.next()).isInstanceOfSatisfying(LeaderResponse.class, response -> {
            assertThat(response.getKv().getValue()).isEqualTo(utf8(value));
            assertThat(response.getHeader().getRevision()).isEqualTo(revision);
        });
    }
}
