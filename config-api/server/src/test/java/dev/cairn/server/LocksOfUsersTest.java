package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.proto.authpb.Permission;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.v3electionpb.CampaignRequest;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3electionpb.LeaderKey;
import dev.cairn.proto.v3electionpb.LeaderRequest;
import dev.cairn.proto.v3electionpb.ProclaimRequest;
import dev.cairn.proto.v3electionpb.ResignRequest;
import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.proto.v3lockpb.LockRequest;
import dev.cairn.proto.v3lockpb.LockResponse;
import dev.cairn.proto.v3lockpb.UnlockRequest;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Locks and elections while permissions are enabled: they need what their keys need. What is expected here is what an etcd
 * 3.7.3 answers, but where whoever observes is told why they may not.
 */
@Timeout(60)
class LocksOfUsersTest {
    private static final String DENIED = "etcdserver: permission denied";

    @TempDir
    private Path directory;

    private ServedStore served;
    private TestUsers users;
    private LockGrpc.LockBlockingStub locks;
    private ElectionGrpc.ElectionBlockingStub elections;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory);
        locks = LockGrpc.newBlockingStub(served.channel);
        elections = ElectionGrpc.newBlockingStub(served.channel);
        users = TestUsers.of(served.channel);
        users.add("may", Permission.Type.READWRITE, "mine/");
        users.add("elsewhere", Permission.Type.READWRITE, "other/");
        users.add("reader", Permission.Type.READ, "mine/");
        users.add("writer", Permission.Type.WRITE, "mine/");
        users.enable();
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void whoMayReadAndWriteTheKeysMayLock() {
        LockResponse held = users.as("may", locks).lock(lock("mine/lock"));
        assertThat(held.getKey().toStringUtf8()).startsWith("mine/lock/");
        refused(DENIED, () -> users.as("elsewhere", locks).unlock(unlock(held)));
        refused(DENIED, () -> users.as("reader", locks).unlock(unlock(held)));
        users.as("may", locks).unlock(unlock(held));
        assertThat(keys("mine/")).isZero();
    }

    @Test
    void whoMayNotLeavesNoKey() {
        for (String name : new String[] {"elsewhere", "reader", "writer"}) {
            refused(DENIED, () -> users.as(name, locks).lock(lock("mine/lock")));
            refused(DENIED, () -> users.as(name, elections).campaign(campaign("mine/election")));
        }
        refused("etcdserver: user name is empty", () -> locks.lock(lock("mine/lock")));
        refused(
                "etcdserver: user name is empty",
                () -> locks.unlock(
                        UnlockRequest.newBuilder().setKey(utf8("mine/lock")).build()));
        refused(
                "etcdserver: invalid auth token",
                () -> TestUsers.with("junk", locks).lock(lock("mine/lock")));
        refused(
                "etcdserver: invalid auth token",
                () -> TestUsers.with("junk", elections).leader(leader("mine/election")));
        assertThat(keys("mine/")).isZero();
    }

    @Test
    void aWaiterGetsTheLockWhenItsTurnComes() throws Exception {
        LockResponse held = users.as("root", locks).lock(lock("mine/lock"));
        CompletableFuture<LockResponse> turn = new CompletableFuture<>();
        users.as("may", LockGrpc.newStub(served.channel)).lock(lock("mine/lock"), new StreamObserver<>() {
            @Override
            public void onNext(LockResponse response) {
                turn.complete(response);
            }

            @Override
            public void onError(Throwable why) {
                turn.completeExceptionally(why);
            }

            @Override
            public void onCompleted() {}
        });
        Awaiting.until("both have a key", () -> keys("mine/") == 2);
        assertThat(turn).isNotDone();
        users.as("root", locks).unlock(unlock(held));
        assertThat(turn.get(30, TimeUnit.SECONDS).getKey()).isNotEqualTo(held.getKey());
    }

    @Test
    void electionsNeedWhatTheirKeysNeed() {
        LeaderKey won =
                users.as("may", elections).campaign(campaign("mine/election")).getLeader();
        ProclaimRequest proclaim = ProclaimRequest.newBuilder()
                .setLeader(won)
                .setValue(utf8("more"))
                .build();
        ResignRequest resign = ResignRequest.newBuilder().setLeader(won).build();
        users.as("may", elections).proclaim(proclaim);
        for (String name : new String[] {"elsewhere", "reader", "writer"}) {
            refused(DENIED, () -> users.as(name, elections).proclaim(proclaim));
            refused(DENIED, () -> users.as(name, elections).resign(resign));
        }
        LeaderRequest who = leader("mine/election");
        assertThat(users.as("reader", elections).leader(who).getKv().getValue()).isEqualTo(utf8("more"));
        assertThat(users.as("reader", elections).observe(who).next().getKv().getValue())
                .isEqualTo(utf8("more"));
        for (String name : new String[] {"elsewhere", "writer"}) {
            refused(DENIED, () -> users.as(name, elections).leader(who));
            refused(DENIED, () -> users.as(name, elections).observe(who).hasNext());
        }
        users.as("may", elections).resign(resign);
        assertThat(keys("mine/")).isZero();
    }

    private long keys(String prefix) {
        return users.as("root", KVGrpc.newBlockingStub(served.channel))
                .range(RangeRequest.newBuilder()
                        .setKey(utf8(prefix))
                        .setRangeEnd(utf8(prefix + '\177'))
                        .build())
                .getCount();
    }

    private static LockRequest lock(String name) {
        return LockRequest.newBuilder().setName(utf8(name)).build();
    }

    private static UnlockRequest unlock(LockResponse held) {
        return UnlockRequest.newBuilder().setKey(held.getKey()).build();
    }

    private static CampaignRequest campaign(String name) {
        return CampaignRequest.newBuilder()
                .setName(utf8(name))
                .setValue(utf8("said"))
                .build();
    }

    private static LeaderRequest leader(String name) {
        return LeaderRequest.newBuilder().setName(utf8(name)).build();
    }

    private static void refused(String description, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, refused -> {
            assertThat(refused.getStatus().getDescription()).isEqualTo(description);
            assertThat(refused.getStatus().getCode()).isEqualTo(Status.Code.UNKNOWN);
        });
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
