package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.Request;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * No primary dates a block further back than maxPastNanos, so nothing that has expired comes back; and nothing that was
 * voted for in time is lost because it has grown old since.
 */
class OldTimeTest {
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private static final int LIAR = 0;

    private final TestCluster cluster = new TestCluster();
    private final TestMessages messages = new TestMessages(cluster);

    /** Of the time just after its parent's, which is long ago where the cluster was idle. */
    private Block olderThanAllowed() {
        standStillForAnHour();
        return messages.block(cluster.genesis.block(), 1, 2, List.of(cluster.request(0)));
    }

    /** As if every process had been suspended: the clocks have gone on, and nobody has lost patience. */
    private void standStillForAnHour() {
        cluster.wallNanos += HOUR_NANOS;
        cluster.tick(1);
    }

    /** A fresh child makes everyone but the liar fetch its parent, which nobody was proposed. */
    private void bringInAsBody(Block parent) {
        Message.PrePrepare bait = messages.prePrepare(LIAR, messages.grandchildOfGenesis(parent, cluster.wallNanos()));
        for (int i = 1; i < TestCluster.N; i++) {
            cluster.receive(i, LIAR, bait);
        }
        cluster.delivers = _ -> false;
        cluster.tick(2);
        for (int i = 1; i < TestCluster.N; i++) {
            assertThat(cluster.receive(i, LIAR, new Message.Body(parent))).noneMatch(e -> e instanceof Effect.Reject);
        }
    }

    private void receivePrepares(int to, Block block, int... voters) {
        for (int voter : voters) {
            cluster.receive(to, voter, messages.vote(Phase.PREPARE, TestMessages.ballotOf(0, block), voter));
        }
    }

    private void assertRefused(int i, Block block) {
        List<Effect> effects = cluster.receive(i, LIAR, messages.prePrepare(LIAR, block));
        assertThat(TestMessages.votesOf(effects)).isEmpty();
        assertThat(effects).anyMatch(e -> e instanceof Effect.Reject r && r.reason() == Rejection.BAD_TIME);
    }

    @Test
    void aBlockThatIsDatedAnHourLateIsNotVotedFor() {
        assertRefused(1, olderThanAllowed());
    }

    @Test
    void norIsItWhereItsChildCameFirstAndItsBodyWasFetched() {
        Block old = olderThanAllowed();
        bringInAsBody(old);
        assertRefused(1, old);
    }

    @Test
    void norIsItCommittedWhereAllHaveItsBody() {
        Block old = olderThanAllowed();
        bringInAsBody(old);
        for (int i = 1; i < TestCluster.N; i++) {
            receivePrepares(i, old, LIAR);
            assertRefused(i, old);
        }
        cluster.delivers = sent -> sent.from().index() != LIAR && sent.to().index() != LIAR;
        cluster.tick(30);
        assertThat(cluster.committed.get(2)).isEmpty();
    }

    @Test
    void votesForAnotherBlockAtItsHeightDoNotVouchForIt() {
        Block old = olderThanAllowed();
        Block other = messages.childOfGenesis(List.of());
        receivePrepares(1, other, LIAR, 2);
        assertRefused(1, old);
    }

    @Test
    void whatAnHonestReplicaVotedForInTimeIsVotedForHoweverOldItIsNow() {
        Block old = olderThanAllowed();
        bringInAsBody(old);
        assertRefused(1, old);
        receivePrepares(1, old, LIAR, 2);
        List<Effect> effects = cluster.receive(1, LIAR, messages.prePrepare(LIAR, old));
        assertThat(TestMessages.votesOf(effects))
                .contains(messages.vote(Phase.PREPARE, TestMessages.ballotOf(0, old), 1));
    }

    @Test
    void aReplicaThatWasCutOffHelpsToCommitWhatTheOthersVotedForAnHourAgo() {
        cluster.delivers = sent -> sent.to().index() < 2 && sent.from().index() < 2;
        Request request = cluster.submit(1);
        cluster.deliverAll();
        standStillForAnHour();
        cluster.delivers = sent -> sent.to().index() != 3 && sent.from().index() != 3;
        cluster.tick(30);
        Block first = cluster.committed.get(2).getFirst();
        assertThat(first.requests()).containsExactly(request);
        assertThat(first.header().timeNanos()).isLessThan(cluster.wallNanos - HOUR_NANOS);
        assertThat(cluster.replica(2).status().view().number()).as("the view").isZero();
    }

    @Test
    void theTipOfANewViewIsVotedForHoweverOldItIs() {
        cluster.delivers = sent -> !(sent.message() instanceof Message.Commit);
        Request request = cluster.submit(1);
        cluster.deliverAll();
        standStillForAnHour();
        assertThat(cluster.committed.get(2)).isEmpty();
        cluster.delivers = _ -> true;
        cluster.crash(0);
        cluster.deliverAll();
        Block tip = cluster.committed.get(2).getFirst();
        assertThat(tip.requests()).containsExactly(request);
        assertThat(tip.header().timeNanos()).isLessThan(cluster.wallNanos - HOUR_NANOS);
        assertThat(cluster.replica(2).status().view().number()).as("the view").isPositive();
    }

    @Test
    void aProposalThatEveryoneGetsAnHourLateGivesWayToOneOfTheNextPrimary() {
        cluster.delivers = sent -> !(sent.message() instanceof Message.PrePrepare);
        Request request = cluster.submit(1);
        cluster.deliverAll();
        standStillForAnHour();
        long resumedNanos = cluster.wallNanos;
        cluster.delivers = _ -> true;
        cluster.tick(1_000);
        assertThat(cluster.replica(2).status().view().number()).as("the view").isPositive();
        assertThat(cluster.committed)
                .allSatisfy(chain ->
                        assertThat(chain).anyMatch(block -> block.requests().contains(request)))
                .allSatisfy(chain ->
                        assertThat(chain).allMatch(block -> block.header().timeNanos() >= resumedNanos));
    }
}
