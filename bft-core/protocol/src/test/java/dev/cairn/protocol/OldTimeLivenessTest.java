package dev.cairn.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Vote;
import org.junit.jupiter.api.Test;

/** That blocks must not be old keeps no request from being committed once all stood still for an hour. */
class OldTimeLivenessTest {
    private static final long HOUR_NANOS = 3_600_000_000_000L;
    private final TestCluster cluster = new TestCluster();

    private void standStill() {
        cluster.wallNanos += HOUR_NANOS;
        cluster.tick(1);
    }

    private void expectCommitted(Request... requests) {
        cluster.delivers = _ -> true;
        cluster.tick(3_000);
        for (Request request : requests) {
            assertThat(cluster.committed)
                    .allSatisfy(chain ->
                            assertThat(chain).anyMatch(block -> block.requests().contains(request)));
        }
    }

    @Test
    void proposalsLostRequestOfThePrimaryItself() {
        cluster.delivers = sent -> !(sent.message() instanceof Message.PrePrepare);
        Request request = cluster.submit(0);
        cluster.deliverAll();
        standStill();
        expectCommitted(request);
    }

    @Test
    void severalOnTheWayAllVotesLost() {
        cluster.delivers = sent -> !(sent.message() instanceof Vote);
        Request a = cluster.submit(0);
        cluster.deliverAll();
        Request b = cluster.submit(1);
        cluster.deliverAll();
        cluster.tick(1);
        Request c = cluster.submit(2);
        cluster.deliverAll();
        standStill();
        expectCommitted(a, b, c);
    }

    @Test
    void oneGotTheProposalOthersNotAndVotesAreLost() {
        cluster.delivers = sent -> !(sent.message() instanceof Vote)
                && !(sent.message() instanceof Message.PrePrepare && sent.to().index() > 1);
        Request a = cluster.submit(0);
        cluster.deliverAll();
        Request b = cluster.submit(0);
        cluster.deliverAll();
        standStill();
        expectCommitted(a, b);
    }

    @Test
    void oneIsDownAndOneWasCutOff() {
        cluster.crash(3);
        var noThree = cluster.delivers;
        cluster.delivers = sent ->
                noThree.test(sent) && sent.to().index() < 2 && sent.from().index() < 2;
        Request a = cluster.submit(0);
        cluster.deliverAll();
        Request b = cluster.submit(1);
        cluster.deliverAll();
        standStill();
        cluster.delivers = noThree;
        cluster.tick(3_000);
        for (int i = 0; i < 3; i++) {
            assertThat(cluster.committed.get(i))
                    .anyMatch(block -> block.requests().contains(a));
            assertThat(cluster.committed.get(i))
                    .anyMatch(block -> block.requests().contains(b));
        }
    }

    @Test
    void inANewViewWhoseFirstProposalsAreOld() {
        cluster.crash(0);
        cluster.tick(300);
        var noZero = cluster.delivers;
        cluster.delivers = sent -> noZero.test(sent) && !(sent.message() instanceof Vote);
        Request a = cluster.submit(1);
        cluster.deliverAll();
        Request b = cluster.submit(2);
        cluster.deliverAll();
        standStill();
        cluster.delivers = noZero;
        cluster.tick(3_000);
        for (int i = 1; i < 4; i++) {
            assertThat(cluster.committed.get(i))
                    .anyMatch(block -> block.requests().contains(a));
            assertThat(cluster.committed.get(i))
                    .anyMatch(block -> block.requests().contains(b));
        }
    }

    @Test
    void preparedByAllAndCommitsLostAndThePrimaryGone() {
        cluster.delivers = sent -> !(sent.message() instanceof Vote v && v.phase() == Phase.COMMIT);
        Request a = cluster.submit(1);
        cluster.deliverAll();
        Request b = cluster.submit(1);
        cluster.deliverAll();
        standStill();
        cluster.delivers = _ -> true;
        cluster.crash(0);
        cluster.tick(3_000);
        for (int i = 1; i < 4; i++) {
            assertThat(cluster.committed.get(i))
                    .anyMatch(block -> block.requests().contains(a));
            assertThat(cluster.committed.get(i))
                    .anyMatch(block -> block.requests().contains(b));
        }
    }
}
