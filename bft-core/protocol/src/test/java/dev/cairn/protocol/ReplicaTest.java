package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private final TestCluster cluster = new TestCluster();
    private final TestMessages messages = new TestMessages(cluster);

    @Test
    void aSubmittedRequestIsCommittedOnceEverywhere() {
        Request request = cluster.submit(2);
        cluster.deliverAll();
        for (List<Block> chain : cluster.committed) {
            assertThat(chain).hasSize(1);
            assertThat(chain.getFirst().requests()).containsExactly(request);
        }
    }

    @Test
    void everyVoteIsPersistedBeforeItIsSent() {
        for (int i = 0; i < 12; i++) {
            cluster.submit(i % 4);
        }
        cluster.deliverAll();
        List<Vote> durable = new ArrayList<>();
        int sent = 0;
        for (Effect effect : cluster.effects) {
            if (effect instanceof Effect.Persist(LogRecord.CastVote(Vote vote))) {
                durable.add(vote);
            }
            if (effect instanceof Effect.Broadcast(Vote vote)) {
                assertThat(durable).contains(vote);
                sent++;
            }
        }
        assertThat(sent).isGreaterThan(8);
    }

    @Test
    void aReplicaWhoseKeyHasSignedAProposalThatItDoesNotKnowHalts() {
        Message.PrePrepare forgotten = messages.prePrepare(0, messages.childOfGenesis(List.of(cluster.request(0))));
        Verified<Message> verified =
                cluster.authenticator.<Message>verify(forgotten).orElseThrow();
        List<Effect> effects = cluster.replica(0).step(new Event.Received(new ReplicaId(2), verified));
        assertThat(effects)
                .anyMatch(e -> e instanceof Effect.Halt halt && halt.reason().contains("has signed"));
    }

    @Test
    void aRestartedPrimaryProposesTheVeryBlockThatItHadBuiltButNotProposed() {
        Request request = cluster.request(0);
        Block block = messages.childOfGenesis(List.of(request));
        Recovery fresh = Recovery.fresh(cluster.genesis);
        Recovery logged = new Recovery(
                fresh.head(),
                fresh.history(),
                fresh.committed(),
                fresh.recentlyCommitted(),
                List.of(block),
                fresh.votes(),
                fresh.slots(),
                fresh.prepared(),
                fresh.sentViewChange(),
                fresh.acceptedNewView(),
                fresh.stableCheckpoint(),
                fresh.evidence(),
                fresh.snapshot(),
                fresh.stateLost());
        ReplicaId self = new ReplicaId(0);
        Replica primary = new Replica(
                self,
                cluster.genesis,
                Timeouts.DEFAULT,
                statement -> TestCluster.FakeAuthenticator.sign(self, statement),
                logged);
        primary.start();
        primary.step(new Event.Executed(new ExecutionId(1), block.header().roots()));
        primary.step(new Event.Ticked(block.header().timeNanos(), false));
        primary.step(new Event.Submitted(request));
        assertThat(primary.step(
                        new Event.Executed(new ExecutionId(2), block.header().roots())))
                .contains(new Effect.Broadcast(messages.prePrepare(0, block)), new Effect.Discard(new ExecutionId(2)));
    }

    @Test
    void twoCommitsAndTheOwnMakeAQuorumButTwoDoNot() {
        Block block = messages.childOfGenesis(List.of(cluster.request(0)));
        Ballot ballot = messages.prePrepare(0, block).ballot();
        cluster.receive(1, 0, messages.prePrepare(0, block));
        cluster.receive(1, 0, messages.vote(Phase.PREPARE, ballot, 0));
        assertThat(cluster.receive(1, 2, messages.vote(Phase.PREPARE, ballot, 2)))
                .as("own COMMIT follows the third PREPARE")
                .anyMatch(e -> e instanceof Effect.Broadcast(Message.Commit _));
        cluster.receive(1, 0, messages.vote(Phase.COMMIT, ballot, 0));
        assertThat(cluster.committed.get(1)).isEmpty();
        cluster.receive(1, 0, messages.vote(Phase.COMMIT, ballot, 0));
        assertThat(cluster.committed.get(1)).as("the same voter twice").isEmpty();
        cluster.receive(1, 3, messages.vote(Phase.COMMIT, ballot, 3));
        assertThat(cluster.committed.get(1)).containsExactly(block);
    }

    @Test
    void commitsOfDifferentViewsAreNotAddedUp() {
        Block block = messages.childOfGenesis(List.of(cluster.request(0)));
        Ballot ballot = messages.prePrepare(0, block).ballot();
        Ballot later = new Ballot(ballot.epoch(), new View(1), ballot.height(), ballot.block());
        cluster.receive(1, 0, messages.prePrepare(0, block));
        cluster.receive(1, 0, messages.vote(Phase.COMMIT, ballot, 0));
        cluster.receive(1, 2, messages.vote(Phase.COMMIT, later, 2));
        cluster.receive(1, 3, messages.vote(Phase.COMMIT, later, 3));
        assertThat(cluster.committed.get(1)).isEmpty();
    }

    @Test
    void whenThePrimaryDiesTheOthersGoOnAndLoseNothing() {
        Request before = cluster.submit(1);
        cluster.deliverAll();
        cluster.crash(0);
        Request after = cluster.submit(2);
        cluster.deliverAll();
        cluster.tick(60);
        for (int i = 1; i < TestCluster.N; i++) {
            List<Request> executed = cluster.committed.get(i).stream()
                    .flatMap(b -> b.requests().stream())
                    .toList();
            assertThat(executed).containsExactly(before, after);
            assertThat(cluster.replica(i).status().view().isAfter(View.ZERO)).isTrue();
        }
    }

    @Test
    void aPrimaryRestartedAtItsCheckpointGoesOnInItsView() {
        for (int i = 0; i < 4; i++) {
            cluster.submit(1);
            cluster.deliverAll();
        }
        cluster.restartAtCheckpoint(0);
        cluster.tick(1);
        Request after = cluster.submit(2);
        cluster.deliverAll();
        assertThat(cluster.committed.get(2).getLast().requests()).containsExactly(after);
        assertThat(cluster.replica(2).status().view()).isEqualTo(View.ZERO);
    }

    @Test
    void aPrimaryThatLetsRequestsLieJustBelowEveryTimeoutIsSuspectedAfterAWindowOfBlocks() {
        assertThat(suspicionsAfterAWindow(4)).isEmpty();
        assertThat(suspicionsAfterAWindow(9)).singleElement().asString().contains("slow to propose");
    }

    /** A window of blocks, each proposed {@code ticks} after its request came to the primary. */
    private List<Transition.Suspected> suspicionsAfterAWindow(int ticks) {
        cluster.effects.clear();
        for (int i = 0; i < Timeouts.DEFAULT.paceBlocks(); i++) {
            cluster.delivers = sent -> !(sent.message() instanceof Message.Forward);
            Request request = cluster.submit(1);
            cluster.tick(ticks);
            cluster.delivers = _ -> true;
            cluster.receive(0, 1, new Message.Forward(List.of(request), false));
            cluster.deliverAll();
        }
        cluster.tick(1);
        return cluster.effects.stream()
                .flatMap(e -> e instanceof Effect.Note(Transition.Suspected t) ? Stream.of(t) : Stream.empty())
                .toList();
    }

    @Test
    void aReplicaThatHasLeftAViewSignsNothingMoreInIt() {
        Block block = messages.childOfGenesis(List.of(cluster.request(0)));
        cluster.receive(1, 2, messages.suspect(2, 0));
        cluster.receive(1, 3, messages.suspect(3, 0));
        List<Effect> effects = cluster.receive(1, 0, messages.prePrepare(0, block));
        assertThat(TestMessages.votesOf(effects)).isEmpty();
        assertThat(effects).anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.OLD_VIEW);
    }

    @Test
    void aBlockPreparedAfterALongIdleTimeIsGivenItsTime() {
        cluster.tick(400);
        cluster.delivers = sent -> !(sent.message() instanceof Message.Commit);
        cluster.submit(1);
        cluster.deliverAll();
        cluster.tick(2);
        assertThat(cluster.effects)
                .noneMatch(e ->
                        e instanceof Effect.Note(Transition transition) && transition instanceof Transition.Suspected);
    }

    @Test
    void oneSuspicionAloneMovesNobody() {
        List<Effect> effects = cluster.receive(1, 3, messages.suspect(3, 0));
        assertThat(effects).noneMatch(e -> e instanceof Effect.Broadcast(Message.ViewChange _));
    }

    @Test
    void aReplicaLeftInTheDarkFetchesWhatItMissed() {
        cluster.delivers = sent -> !(sent.to().index() == 3 && sent.message() instanceof Message.PrePrepare);
        cluster.submit(1);
        cluster.deliverAll();
        cluster.delivers = _ -> true;
        cluster.tick(30);
        assertThat(cluster.committed.get(3)).isEqualTo(cluster.committed.get(1));
    }

    @Test
    void aReplicaFarBehindCommitsWhatOneFetchBrought() {
        cluster.delivers = sent -> sent.to().index() != 3;
        for (int i = 0; i < 40; i++) {
            cluster.submit(1);
            cluster.deliverAll();
        }
        cluster.delivers = _ -> true;
        int before = cluster.effects.size();
        cluster.tick(30);
        assertThat(cluster.committed.get(3)).isEqualTo(cluster.committed.get(1));
        assertThat(cluster.effects.subList(before, cluster.effects.size()).stream()
                        .filter(e -> e instanceof Effect.Send send && send.message() instanceof Message.FetchBlocks))
                .hasSize(1);
    }

    @Test
    void aPrimaryWhoseDraftIsOvertakenByAnotherViewGoesOn() {
        cluster.delivers = sent -> sent.to().index() != 0 && sent.from().index() != 0;
        cluster.submit(0);
        Request waiting = cluster.submit(0);
        for (int i = 1; i < TestCluster.N; i++) {
            cluster.step(i, new Event.LinkDown(new ReplicaId(0)));
        }
        cluster.deliverAll();
        for (int i = 0; i < 2; i++) {
            cluster.submit(2);
            cluster.deliverAll();
        }
        assertThat(cluster.committed.get(1)).hasSizeGreaterThanOrEqualTo(2);
        cluster.delivers = sent -> sent.to().index() != 0
                || !(sent.message() instanceof Message.NewView || sent.message() instanceof Message.ViewChange);
        cluster.tick(20);
        assertThat(cluster.committed.get(0)).startsWith(cluster.committed.get(1).toArray(new Block[0]));
        cluster.delivers = _ -> true;
        cluster.tick(100);
        assertThat(cluster.committed.get(2)).anyMatch(block -> block.requests().contains(waiting));
    }
}
