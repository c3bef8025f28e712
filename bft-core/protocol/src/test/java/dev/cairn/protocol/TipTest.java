package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Where a new view begins: the greatest certificate of its NEW-VIEW. */
class TipTest {
    @Test
    void theTipIsTheGreatestByViewAndThenHeight() {
        Message.NewView newView =
                newView(change(1, ballot(1, 20, 1)), change(2, ballot(2, 15, 2)), change(3, ballot(0, 30, 3)));
        CurrentView view = ViewChanger.entered(newView, Digest.ZERO).orElseThrow();
        assertThat(view.tipHeight()).isEqualTo(new Height(15));
        assertThat(view.tipBlock()).isEqualTo(new Digest(2, 0, 0, 0));
    }

    @Test
    void twoBlocksCertifiedForOneSlotAreNotATip() {
        Message.NewView newView =
                newView(change(1, ballot(1, 20, 1)), change(2, ballot(1, 20, 2)), change(3, ballot(0, 30, 3)));
        assertThat(ViewChanger.entered(newView, Digest.ZERO)).isEmpty();
    }

    @Test
    void aViewOfReplicasThatPreparedNothingBeginsAtGenesis() {
        Message.NewView newView = newView(change(1, null), change(2, null), change(3, null));
        CurrentView view = ViewChanger.entered(newView, new Digest(7, 7, 7, 7)).orElseThrow();
        assertThat(view.tipHeight()).isEqualTo(Height.GENESIS);
        assertThat(view.tipBlock()).isEqualTo(new Digest(7, 7, 7, 7));
    }

    private static Ballot ballot(long view, long height, long block) {
        return new Ballot(Epoch.ZERO, new View(view), new Height(height), new Digest(block, 0, 0, 0));
    }

    private static Message.ViewChange change(int sender, @org.jspecify.annotations.Nullable Ballot prepared) {
        return new Message.ViewChange(
                Epoch.ZERO,
                new View(5),
                Optional.ofNullable(prepared)
                        .map(b -> new dev.cairn.protocol.model.QuorumCertificate(Phase.PREPARE, b, List.of())),
                Optional.empty(),
                new Trigger.Suspicion(List.of()),
                new ReplicaId(sender),
                TestCluster.FakeAuthenticator.sign(
                        new ReplicaId(sender),
                        new Statement(
                                Statement.Kind.VIEW_CHANGE,
                                Digest.ZERO,
                                Epoch.ZERO,
                                View.ZERO,
                                Height.GENESIS,
                                Digest.ZERO)));
    }

    private static Message.NewView newView(Message.ViewChange... changes) {
        return new Message.NewView(Epoch.ZERO, new View(5), List.of(changes), new ReplicaId(1), changes[0].signature());
    }
}
