package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What one liar may do, and what it may not. */
class OneLiarTest {
    private final TestCluster cluster = new TestCluster();
    private final TestMessages messages = new TestMessages(cluster);

    @Test
    void aBlockWithRootsThatExecutionDoesNotGiveIsNotVotedFor() {
        Block honest = messages.childOfGenesis(List.of(cluster.request(0)));
        Header h = honest.header();
        StateRoots wrong = new StateRoots(2, 2, 0, Digest.ZERO, Digest.ZERO, new Digest(6, 6, 6, 6));
        Block lie = new Block(
                new Header(
                        h.formatVersion(),
                        h.chainId(),
                        h.epoch(),
                        h.height(),
                        h.parent(),
                        h.timeNanos(),
                        h.requestsRoot(),
                        wrong,
                        h.historyRoot(),
                        h.validators(),
                        h.nextValidators(),
                        h.parameters(),
                        h.applicationVersion()),
                honest.requests());
        assertThat(TestMessages.votesOf(cluster.receive(1, 0, messages.prePrepare(0, lie))))
                .isEmpty();
    }

    @Test
    void aPrimaryThatProposesTwoBlocksForOneSlotIsAccusedAndGetsOneVote() {
        Message.PrePrepare first = messages.prePrepare(0, messages.childOfGenesis(List.of(cluster.request(0))));
        Message.PrePrepare second = messages.prePrepare(0, messages.childOfGenesis(List.of(cluster.request(0))));
        assertThat(TestMessages.votesOf(cluster.receive(1, 0, first))).hasSize(1);
        List<Effect> effects = cluster.receive(1, 0, second);
        assertThat(TestMessages.votesOf(effects)).isEmpty();
        assertThat(effects).contains(new Effect.Accuse(Evidence.of(first, second)));
    }

    @Test
    void aReplicaThatVotesTwiceIsConvictedByItsOwnSignatures() {
        Vote first = messages.vote(
                Phase.PREPARE,
                messages.prePrepare(0, messages.childOfGenesis(List.of(cluster.request(0))))
                        .ballot(),
                3);
        Vote second = messages.vote(
                Phase.PREPARE,
                messages.prePrepare(0, messages.childOfGenesis(List.of(cluster.request(0))))
                        .ballot(),
                3);
        assertThat(accusations(cluster.receive(1, 3, first))).isEmpty();
        assertThat(cluster.replica(1).mayMatter(first)).as("the same again").isFalse();
        assertThat(cluster.replica(1).mayMatter(second)).as("a contradiction").isTrue();
        List<Effect> effects = cluster.receive(1, 3, second);
        Evidence evidence = Evidence.of(first, second);
        assertThat(accusations(effects)).containsExactly(evidence);
        assertThat(effects).contains(new Effect.Persist(new LogRecord.Misconduct(evidence)));
        assertThat(accusations(cluster.receive(1, 3, second))).as("again").isEmpty();
        assertThat(cluster.replica(1).status().evidence()).containsExactly(evidence);
    }

    @Test
    void aLiarFillsOnlyItsOwnSmallPlaceWithProofs() {
        for (int height = 1; height <= 2 * Accusations.MAX_PER_CULPRIT; height++) {
            for (int block = 1; block <= 2; block++) {
                Ballot ballot = new Ballot(Epoch.ZERO, View.ZERO, new Height(height), new Digest(block, 0, 0, 0));
                cluster.receive(1, 3, messages.vote(Phase.COMMIT, ballot, 3));
            }
        }
        assertThat(cluster.replica(1).status().evidence()).hasSize(Accusations.MAX_PER_CULPRIT);
    }

    private static List<Evidence> accusations(List<Effect> effects) {
        return effects.stream()
                .flatMap(e -> e instanceof Effect.Accuse(Evidence evidence) ? Stream.of(evidence) : Stream.empty())
                .toList();
    }

    @Test
    void aVoteSentOnBehalfOfAnotherIsRefused() {
        Message.PrePrepare proposal = messages.prePrepare(0, messages.childOfGenesis(List.of(cluster.request(0))));
        Vote prepare = messages.vote(Phase.PREPARE, proposal.ballot(), 3);
        List<Effect> effects = cluster.receive(1, 2, prepare);
        assertThat(effects).anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.WRONG_SENDER);
    }

    @Test
    void aFloodOfStatusIsAnsweredAtTheHonestPace() {
        cluster.delivers = sent -> sent.to().index() != 3;
        cluster.submit(1);
        cluster.deliverAll();
        Message.Status behind =
                new Message.Status(Epoch.ZERO, View.ZERO, false, Height.GENESIS, Height.GENESIS, Height.GENESIS);
        int sent = 0;
        for (int i = 0; i < 100; i++) {
            sent += (int) cluster.receive(0, 3, behind).stream()
                    .filter(e -> e instanceof Effect.Send)
                    .count();
        }
        assertThat(sent).isPositive().isLessThan(10);
    }

    @Test
    void aPrimaryBuildsABlockThatALiarForesaw() {
        Block foreseen = messages.childOfGenesis(List.of());
        cluster.receive(1, 0, messages.prePrepare(0, foreseen));
        cluster.crash(0);
        cluster.deliverAll();
        assertThat(cluster.committed.get(2)).containsExactly(foreseen);
        assertThat(cluster.committed.get(1)).containsExactly(foreseen);
    }

    @Test
    void aPrimaryExecutesAChildThatALiarMadeForABlockYetToBeBuilt() {
        Block foreseen = messages.childOfGenesis(List.of());
        Block child = messages.grandchildOfGenesis(foreseen);
        cluster.receive(1, 0, messages.prePrepare(0, child));
        cluster.crash(0);
        cluster.deliverAll();
        assertThat(cluster.committed.get(1)).containsExactly(foreseen);
        assertThat(cluster.receive(1, 2, new Message.FetchBody(child.digest())))
                .contains(new Effect.Send(new ReplicaId(2), new Message.Body(child)));
        for (int voter = 2; voter < TestCluster.N; voter++) {
            cluster.receive(1, voter, messages.vote(Phase.COMMIT, TestMessages.ballotOf(1, child), voter));
        }
        cluster.receive(1, 0, messages.vote(Phase.COMMIT, TestMessages.ballotOf(1, child), 0));
        assertThat(cluster.committed.get(1)).containsExactly(foreseen, child);
    }

    @Test
    void aBlockDatedAheadIsNotVotedForThoughItsBodyCameFirst() {
        cluster.delivers = _ -> false;
        long ahead = cluster.wallNanos() + 3_600_000_000_000L;
        Block dated = messages.block(cluster.genesis.block(), 1, ahead, List.of(cluster.request(0)));
        Block bait = messages.block(dated, 2, cluster.wallNanos(), List.of(cluster.request(0)));
        cluster.receive(1, 0, messages.prePrepare(0, bait));
        cluster.receive(1, askedForBody(1, dated), new Message.Body(dated));
        assertThat(TestMessages.votesOf(cluster.receive(1, 0, messages.prePrepare(0, dated))))
                .isEmpty();
    }

    @Test
    void largeProposalsAreTakenUpToABudget() {
        cluster.delivers = _ -> false;
        long bytes = 0;
        Block parent = cluster.genesis.block();
        for (int height = 1; height <= 16; height++) {
            Request large = new Request(
                    new RequestId(new ClientId(0), 1, height),
                    Bytes.wrap(new byte[3 << 20]),
                    new Signature(Bytes.EMPTY));
            parent = messages.block(parent, height, cluster.wallNanos() + height, List.of(large));
            for (Effect effect : cluster.receive(1, 0, messages.prePrepare(0, parent))) {
                bytes += effect instanceof Effect.Persist(LogRecord.BlockBody(Block kept)) ? kept.sizeBytes() : 0;
            }
        }
        assertThat(bytes).isBetween(24L << 20, 32L << 20);
        assertThat(cluster.replica(1).status().candidateBlocks()).isEqualTo(10);
    }

    @Test
    void aParentThatCannotBeIsFetchedOnce() {
        cluster.delivers = _ -> false;
        Block impossible = messages.block(cluster.genesis.block(), 1_000_000, cluster.wallNanos(), List.of());
        Block bait = messages.block(impossible, 2, cluster.wallNanos(), List.of(cluster.request(0)));
        cluster.receive(1, 0, messages.prePrepare(0, bait));
        cluster.receive(1, askedForBody(1, impossible), new Message.Body(impossible));
        assertThat(cluster.replica(1).status().candidateBlocks()).isEqualTo(1);
        int before = cluster.effects.size();
        cluster.tick(60);
        assertThat(cluster.effects.subList(before, cluster.effects.size()))
                .noneMatch(e -> e instanceof Effect.Send send && send.message() instanceof Message.FetchBody);
    }

    @Test
    void aVoteThatNamesTheTipAtAnotherHeightOpensNoSlot() {
        Ballot ballot = new Ballot(
                Epoch.ZERO, View.ZERO, new Height(5000), cluster.genesis.block().digest());
        List<Effect> effects = cluster.receive(1, 3, messages.vote(Phase.PREPARE, ballot, 3));
        assertThat(effects).anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.FAR_FUTURE);
    }

    @Test
    void aBodyThatIsNotInMemoryIsServedOffTheLog() {
        Digest gone = new Digest(1, 2, 3, 4);
        assertThat(cluster.receive(1, 3, new Message.FetchBody(gone)))
                .contains(new Effect.ServeBody(new ReplicaId(3), gone));
    }

    @Test
    void aBodyIsAskedOfEveryoneInTurnWhileALiarClaimsAHeight() {
        cluster.delivers = _ -> false;
        Block missing = messages.block(cluster.genesis.block(), 1, cluster.wallNanos(), List.of(cluster.request(0)));
        Block bait = messages.block(missing, 2, cluster.wallNanos() + 1, List.of(cluster.request(0)));
        Height claimed = new Height(100);
        cluster.receive(1, 0, messages.prePrepare(0, bait));
        int before = cluster.effects.size();
        for (int beat = 0; beat < 20; beat++) {
            cluster.receive(1, 3, new Message.Status(Epoch.ZERO, View.ZERO, false, claimed, claimed, Height.GENESIS));
            cluster.tick(10);
        }
        assertThat(cluster.effects.subList(before, cluster.effects.size()))
                .as("what was asked for besides")
                .anyMatch(e -> e instanceof Effect.Send send && send.message() instanceof Message.FetchBlocks);
        assertThat(cluster.effects.subList(before, cluster.effects.size()).stream()
                        .filter(e -> e instanceof Effect.Send send
                                && send.message().equals(new Message.FetchBody(missing.digest())))
                        .map(e -> ((Effect.Send) e).to().index()))
                .contains(0, 2, 3);
    }

    /** Lets time pass until {@code i} fetches the body, and says of whom. */
    private int askedForBody(int i, Block block) {
        int before = cluster.effects.size();
        cluster.tick(2);
        return cluster.effects.subList(before, cluster.effects.size()).stream()
                .flatMap(e ->
                        e instanceof Effect.Send send && send.message().equals(new Message.FetchBody(block.digest()))
                                ? Optional.of(send.to().index()).stream()
                                : Optional.<Integer>empty().stream())
                .findFirst()
                .orElseThrow(() -> new AssertionError("replica " + i + " asked nobody for " + block));
    }
}
