package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.kv.guard.Governance;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrpc;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.v3electionpb.CampaignRequest;
import dev.cairn.proto.v3electionpb.ElectionGrpc;
import dev.cairn.proto.v3lockpb.LockGrpc;
import dev.cairn.proto.v3lockpb.LockRequest;
import dev.cairn.protocol.model.Bytes;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nobody locks or leads where a guard decides: what a lock or an election writes, it writes as any client. */
@Timeout(60)
class GuardedRecipesTest {
    private static final String GOVERNANCE = """
            cairn-governance-1
            person alice
            key alice ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea
            guard prefix prod/ threshold 1 people alice roles - author counts keys any valid 604800
            open prefix scratch/
            """;

    @TempDir
    private Path directory;

    private ServedStore served;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory, Duration.ofMinutes(10), Governance.parse(Bytes.utf8(GOVERNANCE)));
        var _ = LeaseGrpc.newBlockingStub(served.channel)
                .leaseGrant(LeaseGrantRequest.newBuilder().setID(7).setTTL(100).build());
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void aLockBelowAGuardIsRefused() {
        LockGrpc.LockBlockingStub locks = LockGrpc.newBlockingStub(served.channel);
        assertThatThrownBy(() -> locks.lock(lock("prod/lock"))).hasMessageContaining("the guard on \"prod/\"");
        assertThat(keys()).isZero();
        assertThat(locks.lock(lock("scratch/lock")).getKey().toStringUtf8()).startsWith("scratch/lock/");
    }

    @Test
    void anElectionBelowAGuardIsRefused() {
        ElectionGrpc.ElectionBlockingStub elections = ElectionGrpc.newBlockingStub(served.channel);
        assertThatThrownBy(() -> elections.campaign(campaign("prod/leader")))
                .hasMessageContaining("the guard on \"prod/\"");
        assertThat(keys()).isZero();
        assertThat(elections.campaign(campaign("scratch/leader")).hasLeader()).isTrue();
    }

    private static LockRequest lock(String name) {
        return LockRequest.newBuilder()
                .setName(ByteString.copyFromUtf8(name))
                .setLease(7)
                .build();
    }

    private static CampaignRequest campaign(String name) {
        return CampaignRequest.newBuilder()
                .setName(ByteString.copyFromUtf8(name))
                .setLease(7)
                .build();
    }

    private long keys() {
        ByteString all = ByteString.copyFrom(new byte[1]);
        return KVGrpc.newBlockingStub(served.channel)
                .range(RangeRequest.newBuilder()
                        .setKey(all)
                        .setRangeEnd(all)
                        .setCountOnly(true)
                        .build())
                .getCount();
    }
}
