package dev.cairn.chaos.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.etcdserverpb.MaintenanceGrpc;
import dev.cairn.proto.etcdserverpb.MoveLeaderRequest;
import dev.cairn.proto.etcdserverpb.StatusRequest;
import dev.cairn.proto.etcdserverpb.StatusResponse;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the other tests ask of a single replica, which is faster, holds for four that agree on each write. */
class FourReplicasTest {
    private static final int REPLICAS = 4;
    private static final long SEQUENCES = 20;
    private static final int SIZE = 1000;

    @TempDir
    @SuppressWarnings("NullAway.Init")
    private Path directory;

    @Test
    void answerAlike() throws Exception {
        try (Servers servers = new Servers(directory, REPLICAS)) {
            JqwikSession.run(() -> {
                RandomGenerator<List<Step>> generator = new Sequences().ofKeys().generator(SIZE);
                for (long seed = 1; seed <= SEQUENCES; seed++) {
                    servers.pair().reset();
                    List<Step> steps = generator.next(new Random(seed)).value();
                    assertThat(servers.pair().compare(steps))
                            .as("seed %d", seed)
                            .isEmpty();
                    JqwikSession.finishTry();
                }
            });
        }
    }

    @Test
    void whoDoesNotLeadHandsNothingOver() throws Exception {
        try (CairnInProcess cluster = new CairnInProcess(directory, REPLICAS)) {
            for (int replica = 0; replica < REPLICAS; replica++) {
                try (Endpoint endpoint = new Endpoint("replica " + replica, cluster.address(replica))) {
                    StatusResponse status = MaintenanceGrpc.newBlockingStub(endpoint.channel())
                            .status(StatusRequest.getDefaultInstance());
                    Answer answer = endpoint.call(MoveLeaderRequest.newBuilder()
                                    .setTargetID(status.getLeader())
                                    .build())
                            .join();
                    boolean leads = status.getLeader() == status.getHeader().getMemberId();
                    assertThat(answer)
                            .hasToString(
                                    leads ? "MoveLeaderResponse {  }" : "FAILED_PRECONDITION: etcdserver: not leader");
                }
            }
        }
    }
}
