package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A primary leaves office at its own will, and at nobody else's. */
class HandOverTest {
    private static final int TERM = Timeouts.DEFAULT.officeTicks();
    private static final int SOON = 5;

    private final TestCluster cluster = new TestCluster();

    private void want(int asked, int heir) {
        cluster.step(asked, new Event.HandOverWanted(new ReplicaId(heir)));
    }

    private void assertAllFollow(int primary, long view) {
        for (int i = 0; i < TestCluster.N; i++) {
            ReplicaStatus status = cluster.replica(i).status();
            assertThat(status.view()).as("the view of %s", i).isEqualTo(new View(view));
            assertThat(status.changing()).as("whether %s waits", i).isFalse();
            assertThat(status.primary()).isEqualTo(new ReplicaId(primary));
        }
    }

    private List<Transition> told() {
        return cluster.effects.stream()
                .flatMap(effect -> effect instanceof Effect.Note(Transition transition)
                        ? List.of(transition).stream()
                        : List.<Transition>of().stream())
                .toList();
    }

    @Test
    void theNextReplicaComesIntoOfficeAndNobodySuspectsAnybody() {
        cluster.tick(TERM);
        want(0, 1);
        cluster.tick(SOON);
        assertAllFollow(1, 1);
        assertThat(told()).noneMatch(Transition.Suspected.class::isInstance);
        Request after = cluster.submit(2);
        cluster.tick(SOON);
        assertThat(cluster.committed.getFirst().getLast().requests()).contains(after);
    }

    @Test
    void thoseOnTheWayHandOverInTurnAndTheHeirStays() {
        cluster.tick(TERM);
        want(0, 3);
        cluster.tick(SOON);
        assertAllFollow(1, 1);
        cluster.tick(TERM);
        assertAllFollow(2, 2);
        cluster.tick(TERM + SOON);
        assertAllFollow(3, 3);
        cluster.tick(10 * TERM);
        assertAllFollow(3, 3);
        assertThat(told()).noneMatch(Transition.Suspected.class::isInstance);
    }

    @Test
    void aPrimaryServesItsTermFirst() {
        want(0, 1);
        cluster.tick(TERM - 2);
        assertAllFollow(0, 0);
        cluster.tick(SOON);
        assertAllFollow(1, 1);
    }

    @Test
    void onlyThePrimaryHeedsTheWishAndOnlyForAnotherMember() {
        cluster.tick(TERM);
        want(1, 2);
        want(2, 1);
        want(0, 0);
        want(0, TestCluster.N);
        cluster.tick(TERM);
        assertAllFollow(0, 0);
    }

    @Test
    void whatWasWantedOfAPrimaryIsForgottenWithItsOffice() {
        want(0, 3);
        cluster.step(1, new Event.LinkDown(new ReplicaId(0)));
        cluster.step(2, new Event.LinkDown(new ReplicaId(0)));
        cluster.tick(TERM + SOON);
        assertAllFollow(1, 1);
    }

    /** By a NEW-VIEW alone: nothing of what led to it came in, as when links were cut for a moment. */
    @Test
    void whatWasWantedIsForgottenAlsoByAPrimaryThatIsTakenStraightIntoTheNextView() {
        want(0, 3);
        cluster.delivers = sent -> sent.to().index() != 0
                || !(sent.message() instanceof Message.Suspect || sent.message() instanceof Message.ViewChange);
        cluster.step(1, new Event.LinkDown(new ReplicaId(0)));
        cluster.step(2, new Event.LinkDown(new ReplicaId(0)));
        cluster.tick(SOON);
        assertAllFollow(1, 1);
        cluster.delivers = _ -> true;
        cluster.submit(2);
        cluster.tick(TERM + SOON);
        assertAllFollow(1, 1);
        assertThat(told()).noneMatch(Transition.Resigned.class::isInstance);
    }

    @Test
    void whatIsUnderWayIsCommittedOnce() {
        cluster.tick(TERM);
        List<Request> asked = new ArrayList<>();
        want(0, 1);
        IntStream.range(0, 40).forEach(i -> asked.add(cluster.submit(i % TestCluster.N)));
        cluster.tick(1);
        IntStream.range(0, 40).forEach(i -> asked.add(cluster.submit(i % TestCluster.N)));
        cluster.tick(4 * SOON);
        assertAllFollow(1, 1);
        for (List<Block> chain : cluster.committed) {
            assertThat(chain.stream().flatMap(block -> block.requests().stream()))
                    .containsExactlyInAnyOrderElementsOf(asked);
        }
    }

    @Test
    void aReplicaThatHeardNothingOfItIsTakenAlong() {
        cluster.tick(TERM);
        cluster.delivers = sent -> sent.to().index() != 3
                || !(sent.message() instanceof Message.ViewChange || sent.message() instanceof Message.NewView);
        want(0, 1);
        cluster.tick(SOON);
        assertThat(cluster.replica(3).status().view()).isEqualTo(View.ZERO);
        cluster.delivers = _ -> true;
        cluster.tick(3 * Timeouts.DEFAULT.statusTicks());
        assertAllFollow(1, 1);
    }

    // What others take for a resignation.

    /** Something is committed in view 1, whose primary is replica 1. */
    private QuorumCertificate proofOfViewOne() {
        cluster.tick(TERM);
        want(0, 1);
        cluster.tick(SOON);
        cluster.submit(2);
        cluster.tick(SOON);
        return cluster.proofs.getFirst().getLast();
    }

    private Message.ViewChange leaving(
            long target, long view, int heir, Optional<QuorumCertificate> office, int signer) {
        Trigger.Resignation why = new Trigger.Resignation(
                Epoch.ZERO,
                new View(view),
                new ReplicaId(heir),
                office,
                TestCluster.FakeAuthenticator.sign(
                        new ReplicaId(signer),
                        Trigger.Resignation.statement(
                                cluster.genesis.chainId(), Epoch.ZERO, new View(view), new ReplicaId(heir))));
        ReplicaId sender = new ReplicaId(3);
        return new Message.ViewChange(
                Epoch.ZERO,
                new View(target),
                Optional.empty(),
                Optional.empty(),
                why,
                sender,
                TestCluster.FakeAuthenticator.sign(
                        sender,
                        Authenticator.viewChange(
                                cluster.genesis.chainId(),
                                Epoch.ZERO,
                                new View(target),
                                Message.ViewChange.contentDigest(Optional.empty(), Optional.empty(), why))));
    }

    private boolean isTaken(Message.ViewChange change) {
        return cluster.authenticator.verify(change).isPresent();
    }

    @Test
    void aResignationNeedsItsPrimarysSignatureItsOfficeAndTheNextView() {
        QuorumCertificate ofOne = proofOfViewOne();
        Optional<QuorumCertificate> office = Optional.of(ofOne);
        assertThat(ofOne.view()).isEqualTo(new View(1));
        assertThat(isTaken(leaving(2, 1, 3, office, 1))).isTrue();
        assertThat(isTaken(leaving(1, 0, 3, Optional.empty(), 0)))
                .as("the first view needs no proof")
                .isTrue();

        assertThat(isTaken(leaving(2, 1, 3, office, 2)))
                .as("another's signature")
                .isFalse();
        assertThat(isTaken(leaving(3, 1, 3, office, 1)))
                .as("beyond the next view")
                .isFalse();
        assertThat(isTaken(leaving(1, 1, 3, office, 1))).as("to where it is").isFalse();
        assertThat(isTaken(leaving(2, 1, 1, office, 1))).as("to itself").isFalse();
        assertThat(isTaken(leaving(2, 1, 4, office, 1))).as("to nobody").isFalse();
        assertThat(isTaken(leaving(2, 1, 3, Optional.empty(), 1)))
                .as("without office")
                .isFalse();
        assertThat(isTaken(leaving(6, 5, 3, office, 1)))
                .as("of another view's office")
                .isFalse();
        QuorumCertificate alone = new QuorumCertificate(
                ofOne.phase(), ofOne.ballot(), ofOne.votes().subList(0, 1));
        assertThat(isTaken(leaving(2, 1, 3, Optional.of(alone), 1)))
                .as("by one vote")
                .isFalse();
    }

    @Test
    void aResignationWhoseViewIsOverChangesNothing() {
        QuorumCertificate ofOne = proofOfViewOne();
        cluster.tick(TERM);
        want(1, 2);
        cluster.tick(SOON);
        assertAllFollow(2, 2);
        List<Effect> effects = cluster.receive(0, 3, leaving(2, 1, 3, Optional.of(ofOne), 1));
        assertThat(effects).hasSize(1).first().isInstanceOf(Effect.Reject.class);
        assertAllFollow(2, 2);
    }

    @Test
    void theSenderSignsTheReasonToo() {
        Message.ViewChange one = leaving(1, 0, 3, Optional.empty(), 0);
        Message.ViewChange other = leaving(1, 0, 2, Optional.empty(), 0);
        assertThat(one.contentDigest()).isNotEqualTo(other.contentDigest());
        assertThat(isTaken(new Message.ViewChange(
                        one.epoch(),
                        one.target(),
                        one.prepared(),
                        one.committed(),
                        other.trigger(),
                        one.sender(),
                        one.signature())))
                .isFalse();
    }
}
