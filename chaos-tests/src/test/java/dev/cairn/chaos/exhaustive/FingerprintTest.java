package dev.cairn.chaos.exhaustive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FingerprintTest {
    private static final int A1 = 0;
    private static final int B1 = 2;
    private static final ReplicaId SELF = new ReplicaId(3);

    private final SmallWorld world = new SmallWorld(new SmallWorld.Size(0, 2, 2, true));
    private final Mail mail = new Mail(world, SELF);

    @Test
    void equalHistoriesGiveOneFingerprint() {
        List<Step> history = List.of(
                new Step.Propose(0, A1),
                new Step.Votes(Phase.PREPARE, A1, 2),
                new Step.Votes(Phase.COMMIT, A1, 2),
                new Step.Leave(0));
        assertThat(after(history)).isEqualTo(after(history));
    }

    @Test
    void whateverAReplicaLearnsShows() {
        List<Step> steps = List.of(
                new Step.Propose(0, A1),
                new Step.Votes(Phase.PREPARE, A1, 1),
                new Step.Votes(Phase.COMMIT, A1, 1),
                new Step.Leave(0),
                new Step.Enter(new Opening(
                        1, List.of(new Report(A1, A1), new Report(A1, Report.NONE)), List.of(Report.NOTHING))));
        List<Digest> fingerprints = new ArrayList<>();
        for (int length = 0; length <= steps.size(); length++) {
            fingerprints.add(after(steps.subList(0, length)));
        }
        fingerprints.add(after(List.of(new Step.Propose(0, B1))));
        fingerprints.add(after(List.of(new Step.Leave(0))));
        fingerprints.add(after(List.of(new Step.Votes(Phase.PREPARE, B1, 2))));
        assertThat(fingerprints).doesNotHaveDuplicates();
    }

    @Test
    void theClockAndVotesBelowAQuorumDoNotShow() {
        Digest before = after(List.of(new Step.Propose(0, A1)));
        assertThat(after(List.of(new Step.Propose(0, A1), new Step.OneTick()))).isEqualTo(before);
        assertThat(after(List.of(new Step.Propose(0, A1), new Step.OneVote(Phase.PREPARE, A1, 1))))
                .isEqualTo(before);
        assertThat(after(List.of(new Step.Propose(0, A1), new Step.Nudge(0)))).isEqualTo(before);
    }

    private Digest after(List<Step> history) {
        Shell shell = new Shell(world, mail, SELF);
        history.forEach(step -> shell.step(mail.eventsOf(step)));
        return Fingerprint.of(shell.replica());
    }
}
