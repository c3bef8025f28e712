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
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReplicaTest {
    private final TestCluster cluster = new TestCluster();

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
    void aBlockWithRootsThatExecutionDoesNotGiveIsNotVotedFor() {
        Block honest = childOfGenesis(List.of(cluster.request(0)));
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
        assertThat(votesOf(cluster.receive(1, 0, prePrepare(0, lie)))).isEmpty();
    }

    @Test
    void aPrimaryThatProposesTwoBlocksForOneSlotIsAccusedAndGetsOneVote() {
        Message.PrePrepare first = prePrepare(0, childOfGenesis(List.of(cluster.request(0))));
        Message.PrePrepare second = prePrepare(0, childOfGenesis(List.of(cluster.request(0))));
        assertThat(votesOf(cluster.receive(1, 0, first))).hasSize(1);
        List<Effect> effects = cluster.receive(1, 0, second);
        assertThat(votesOf(effects)).isEmpty();
        assertThat(effects).contains(new Effect.Accuse(Evidence.of(first, second)));
    }

    @Test
    void aReplicaThatVotesTwiceIsConvictedByItsOwnSignatures() {
        Vote first = vote(
                Phase.PREPARE,
                prePrepare(0, childOfGenesis(List.of(cluster.request(0)))).ballot(),
                3);
        Vote second = vote(
                Phase.PREPARE,
                prePrepare(0, childOfGenesis(List.of(cluster.request(0)))).ballot(),
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
                cluster.receive(1, 3, vote(Phase.COMMIT, ballot, 3));
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
    void aReplicaWhoseKeyHasSignedAProposalThatItDoesNotKnowHalts() {
        Message.PrePrepare forgotten = prePrepare(0, childOfGenesis(List.of(cluster.request(0))));
        Verified<Message> verified =
                cluster.authenticator.<Message>verify(forgotten).orElseThrow();
        List<Effect> effects = cluster.replica(0).step(new Event.Received(new ReplicaId(2), verified));
        assertThat(effects)
                .anyMatch(e -> e instanceof Effect.Halt halt && halt.reason().contains("has signed"));
    }

    @Test
    void aRestartedPrimaryProposesTheVeryBlockThatItHadBuiltButNotProposed() {
        Request request = cluster.request(0);
        Block block = childOfGenesis(List.of(request));
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
                .contains(new Effect.Broadcast(prePrepare(0, block)), new Effect.Discard(new ExecutionId(2)));
    }

    @Test
    void aVoteSentOnBehalfOfAnotherIsRefused() {
        Message.PrePrepare proposal = prePrepare(0, childOfGenesis(List.of(cluster.request(0))));
        Vote prepare = vote(Phase.PREPARE, proposal.ballot(), 3);
        List<Effect> effects = cluster.receive(1, 2, prepare);
        assertThat(effects).anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.WRONG_SENDER);
    }

    @Test
    void twoCommitsAndTheOwnMakeAQuorumButTwoDoNot() {
        Block block = childOfGenesis(List.of(cluster.request(0)));
        Ballot ballot = prePrepare(0, block).ballot();
        cluster.receive(1, 0, prePrepare(0, block));
        cluster.receive(1, 0, vote(Phase.PREPARE, ballot, 0));
        assertThat(cluster.receive(1, 2, vote(Phase.PREPARE, ballot, 2)))
                .as("own COMMIT follows the third PREPARE")
                .anyMatch(e -> e instanceof Effect.Broadcast(Message.Commit _));
        cluster.receive(1, 0, vote(Phase.COMMIT, ballot, 0));
        assertThat(cluster.committed.get(1)).isEmpty();
        cluster.receive(1, 0, vote(Phase.COMMIT, ballot, 0));
        assertThat(cluster.committed.get(1)).as("the same voter twice").isEmpty();
        cluster.receive(1, 3, vote(Phase.COMMIT, ballot, 3));
        assertThat(cluster.committed.get(1)).containsExactly(block);
    }

    @Test
    void commitsOfDifferentViewsAreNotAddedUp() {
        Block block = childOfGenesis(List.of(cluster.request(0)));
        Ballot ballot = prePrepare(0, block).ballot();
        Ballot later = new Ballot(ballot.epoch(), new View(1), ballot.height(), ballot.block());
        cluster.receive(1, 0, prePrepare(0, block));
        cluster.receive(1, 0, vote(Phase.COMMIT, ballot, 0));
        cluster.receive(1, 2, vote(Phase.COMMIT, later, 2));
        cluster.receive(1, 3, vote(Phase.COMMIT, later, 3));
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
    void aReplicaThatHasLeftAViewSignsNothingMoreInIt() {
        Block block = childOfGenesis(List.of(cluster.request(0)));
        cluster.receive(1, 2, suspect(2, 0));
        cluster.receive(1, 3, suspect(3, 0));
        List<Effect> effects = cluster.receive(1, 0, prePrepare(0, block));
        assertThat(votesOf(effects)).isEmpty();
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
        List<Effect> effects = cluster.receive(1, 3, suspect(3, 0));
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

    // What one liar may do, and what it may not.

    @Test
    void aPrimaryBuildsABlockThatALiarForesaw() {
        Block foreseen = childOfGenesis(List.of());
        cluster.receive(1, 0, prePrepare(0, foreseen));
        cluster.crash(0);
        cluster.deliverAll();
        assertThat(cluster.committed.get(2)).containsExactly(foreseen);
        assertThat(cluster.committed.get(1)).containsExactly(foreseen);
    }

    @Test
    void aPrimaryExecutesAChildThatALiarMadeForABlockYetToBeBuilt() {
        Block foreseen = childOfGenesis(List.of());
        Block child = grandchildOfGenesis(foreseen);
        cluster.receive(1, 0, prePrepare(0, child));
        cluster.crash(0);
        cluster.deliverAll();
        assertThat(cluster.committed.get(1)).containsExactly(foreseen);
        assertThat(cluster.receive(1, 2, new Message.FetchBody(child.digest())))
                .contains(new Effect.Send(new ReplicaId(2), new Message.Body(child)));
        for (int voter = 2; voter < TestCluster.N; voter++) {
            cluster.receive(1, voter, vote(Phase.COMMIT, ballotOf(1, child), voter));
        }
        cluster.receive(1, 0, vote(Phase.COMMIT, ballotOf(1, child), 0));
        assertThat(cluster.committed.get(1)).containsExactly(foreseen, child);
    }

    @Test
    void aBlockDatedAheadIsNotVotedForThoughItsBodyCameFirst() {
        cluster.delivers = _ -> false;
        long ahead = cluster.wallNanos() + 3_600_000_000_000L;
        Block dated = block(cluster.genesis.block(), 1, ahead, List.of(cluster.request(0)));
        Block bait = block(dated, 2, cluster.wallNanos(), List.of(cluster.request(0)));
        cluster.receive(1, 0, prePrepare(0, bait));
        cluster.receive(1, askedForBody(1, dated), new Message.Body(dated));
        assertThat(votesOf(cluster.receive(1, 0, prePrepare(0, dated)))).isEmpty();
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
            parent = block(parent, height, cluster.wallNanos() + height, List.of(large));
            for (Effect effect : cluster.receive(1, 0, prePrepare(0, parent))) {
                bytes += effect instanceof Effect.Persist(LogRecord.BlockBody(Block kept)) ? kept.sizeBytes() : 0;
            }
        }
        assertThat(bytes).isBetween(24L << 20, 32L << 20);
        assertThat(cluster.replica(1).status().candidateBlocks()).isEqualTo(10);
    }

    @Test
    void aParentThatCannotBeIsFetchedOnce() {
        cluster.delivers = _ -> false;
        Block impossible = block(cluster.genesis.block(), 1_000_000, cluster.wallNanos(), List.of());
        Block bait = block(impossible, 2, cluster.wallNanos(), List.of(cluster.request(0)));
        cluster.receive(1, 0, prePrepare(0, bait));
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
        List<Effect> effects = cluster.receive(1, 3, vote(Phase.PREPARE, ballot, 3));
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
        Block missing = block(cluster.genesis.block(), 1, cluster.wallNanos(), List.of(cluster.request(0)));
        Block bait = block(missing, 2, cluster.wallNanos() + 1, List.of(cluster.request(0)));
        Height claimed = new Height(100);
        cluster.receive(1, 0, prePrepare(0, bait));
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

    // The tip rule.

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

    // Making hostile messages.

    private Block childOfGenesis(List<Request> requests) {
        return block(cluster.genesis.block(), 1, cluster.wallNanos(), requests);
    }

    /** With the roots that execution gives, so that a replica finds nothing wrong but what the test wants to be wrong. */
    private Block block(Block parent, long height, long time, List<Request> requests) {
        Header above = parent.header();
        StateRoots roots = TestCluster.outcome(above.roots(), new Proposal(new Height(height), time, requests));
        Header header = new Header(
                Header.FORMAT,
                cluster.genesis.chainId(),
                Epoch.ZERO,
                new Height(height),
                parent.digest(),
                time,
                Block.requestsRoot(cluster.genesis.chainId(), requests),
                roots,
                MerkleFrontier.EMPTY.append(parent.digest()).root(),
                above.validators(),
                above.validators(),
                above.parameters(),
                above.applicationVersion());
        return new Block(header, requests);
    }

    private Block grandchildOfGenesis(Block parent) {
        Header h = block(parent, 2, parent.header().timeNanos() + 1, List.of()).header();
        MerkleFrontier history =
                MerkleFrontier.EMPTY.append(cluster.genesis.block().digest()).append(parent.digest());
        return new Block(
                new Header(
                        h.formatVersion(),
                        h.chainId(),
                        h.epoch(),
                        h.height(),
                        h.parent(),
                        h.timeNanos(),
                        h.requestsRoot(),
                        h.roots(),
                        history.root(),
                        h.validators(),
                        h.nextValidators(),
                        h.parameters(),
                        h.applicationVersion()),
                List.of());
    }

    private static Ballot ballotOf(long view, Block block) {
        return new Ballot(Epoch.ZERO, new View(view), block.height(), block.digest());
    }

    private Message.PrePrepare prePrepare(int primary, Block block) {
        ReplicaId self = new ReplicaId(primary);
        Ballot ballot = new Ballot(Epoch.ZERO, View.ZERO, block.height(), block.digest());
        Statement statement = Statement.of(Statement.Kind.PRE_PREPARE, cluster.genesis.chainId(), ballot);
        return new Message.PrePrepare(View.ZERO, block, self, TestCluster.FakeAuthenticator.sign(self, statement));
    }

    private Vote vote(Phase phase, Ballot ballot, int voter) {
        ReplicaId self = new ReplicaId(voter);
        Statement statement = Statement.of(phase.kind(), cluster.genesis.chainId(), ballot);
        return Vote.of(phase, ballot, self, TestCluster.FakeAuthenticator.sign(self, statement));
    }

    private Message.Suspect suspect(int sender, long view) {
        ReplicaId self = new ReplicaId(sender);
        Statement statement = Authenticator.suspicion(cluster.genesis.chainId(), Epoch.ZERO, new View(view));
        return new Message.Suspect(
                Epoch.ZERO, new View(view), self, TestCluster.FakeAuthenticator.sign(self, statement));
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
                List.of(),
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

    private static List<Vote> votesOf(List<Effect> effects) {
        return effects.stream()
                .flatMap(e ->
                        e instanceof Effect.Broadcast(Vote vote) ? List.of(vote).stream() : List.<Vote>of().stream())
                .toList();
    }
}
