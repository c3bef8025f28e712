package dev.cairn.server.upkeep;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.SnapshotRequest;
import dev.cairn.proto.etcdserverpb.SnapshotResponse;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.server.etcd.ClusterIdentity;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever goes wrong, a fault of the program too: whoever waits hears of it. */
@Timeout(60)
class UpkeepTest {
    private static final ClusterIdentity CLUSTER =
            new ClusterIdentity(Hashing.sha256(new byte[] {1}), new ReplicaId(0), List.of());

    private final Upkeep upkeep = new Upkeep(
            () -> {
                throw new IllegalStateException("planted");
            },
            new SnapshotFiles(Path.of("never-made")),
            CLUSTER,
            () -> 0);

    @AfterEach
    void stop() {
        upkeep.close();
    }

    @Test
    void aSnapshotThatFailsEndsItsCall() throws Exception {
        String name = InProcessServerBuilder.generateName();
        Server server = InProcessServerBuilder.forName(name)
                .addService(new MaintenanceGrpc.MaintenanceImplBase() {
                    @Override
                    public void snapshot(SnapshotRequest request, StreamObserver<SnapshotResponse> responses) {
                        assertThat(upkeep.snapshot((ServerCallStreamObserver<SnapshotResponse>) responses))
                                .isTrue();
                    }
                })
                .build()
                .start();
        ManagedChannel channel = InProcessChannelBuilder.forName(name).build();
        try {
            assertThatThrownBy(() -> MaintenanceGrpc.newBlockingStub(channel)
                            .snapshot(SnapshotRequest.getDefaultInstance())
                            .next())
                    .isInstanceOfSatisfying(
                            StatusRuntimeException.class,
                            failure -> assertThat(failure.getStatus().getCode()).isEqualTo(Status.Code.INTERNAL));
            assertThat(upkeep.snapshotsFailed()).isOne();
        } finally {
            channel.shutdownNow();
            server.shutdownNow();
        }
    }

    @Test
    void aHashThatFailsIsAnswered() throws Exception {
        CompletableFuture<KvHash.Answer> answer = new CompletableFuture<>();
        assertThat(upkeep.hash(0, answer::complete)).isTrue();
        assertThat(answer.get(30, TimeUnit.SECONDS)).isEqualTo(new KvHash.Answer.Unreadable("planted"));
    }
}
