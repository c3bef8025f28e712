package dev.cairn.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.model.Witness;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What costs no verification. */
class InboundFilterTest {
    private static final Digest TIP = Hashing.sha256(new byte[] {1});
    private static final Digest BLOCK = Hashing.sha256(new byte[] {2});

    private final InboundFilter filter = new InboundFilter(4, 3, Parameters.DEFAULT, new View(2), TIP, new Height(10));

    private static Vote vote(int voter, long view, long height, Digest block) {
        return Vote.of(
                Phase.PREPARE,
                new Ballot(Epoch.ZERO, new View(view), new Height(height), block),
                new ReplicaId(voter),
                new Signature(Bytes.EMPTY));
    }

    private boolean lets(int from, Message message) {
        return filter.mayMatter(new ReplicaId(from), message);
    }

    @Test
    void votesOfOldViewsAndCommittedHeightsAreDropped() {
        assertThat(lets(1, vote(1, 2, 11, BLOCK))).isTrue();
        assertThat(lets(1, vote(1, 3, 11, BLOCK))).isTrue();
        assertThat(lets(1, vote(1, 1, 11, BLOCK))).isFalse();
        assertThat(lets(1, vote(1, 2, 10, BLOCK))).isFalse();
        assertThat(lets(1, vote(1, 2, 100_000, BLOCK))).isFalse();
        assertThat(lets(1, vote(3, 2, 11, BLOCK))).isFalse();
        filter.onTransition(new Transition.Committed(new Height(11), BLOCK));
        assertThat(lets(1, vote(1, 2, 11, BLOCK))).isFalse();
    }

    @Test
    void aSignedAnswerForReadersCostsSomethingOnlyWhereItWasAskedFor() {
        Message.WitnessAnswer answer = new Message.WitnessAnswer(
                1,
                new Witness(
                        Epoch.ZERO, new ReplicaId(1), BLOCK, 0, View.ZERO, Height.GENESIS, new Signature(Bytes.EMPTY)));
        assertThat(lets(1, answer)).isFalse();
        filter.onBroadcast(new Message.WitnessQuery(1, BLOCK));
        assertThat(lets(2, answer)).as("another's").isFalse();
        assertThat(lets(1, answer)).isTrue();
        assertThat(lets(1, answer)).isFalse();
    }

    @Test
    void theTipIsVotedOnAgainBelowTheHead() {
        assertThat(lets(1, vote(1, 2, 9, TIP))).isTrue();
        filter.onTransition(new Transition.ViewEntered(new View(3), new Height(8), BLOCK));
        assertThat(lets(1, vote(1, 3, 8, BLOCK))).isTrue();
        assertThat(lets(1, vote(1, 3, 9, TIP))).isFalse();
    }

    @Test
    void votesBeyondTheQuorumAreDroppedUntilTheBeat() {
        filter.onBroadcast(vote(0, 2, 11, BLOCK));
        filter.onVerified(vote(1, 2, 11, BLOCK));
        assertThat(lets(1, vote(1, 2, 11, BLOCK))).isFalse();
        assertThat(lets(2, vote(2, 2, 11, BLOCK))).isTrue();
        filter.onVerified(vote(2, 2, 11, BLOCK));
        assertThat(lets(3, vote(3, 2, 11, BLOCK))).isFalse();
        assertThat(lets(3, vote(3, 2, 11, TIP))).isTrue();
        filter.forgetVotes();
        assertThat(lets(3, vote(3, 2, 11, BLOCK))).isTrue();
    }

    @Test
    void aVoterMayContradictItselfOnceAndNotOftener() {
        filter.onVerified(vote(1, 2, 11, BLOCK));
        assertThat(lets(1, vote(1, 2, 11, TIP))).isTrue();
        filter.onVerified(vote(1, 2, 11, TIP));
        assertThat(lets(1, vote(1, 2, 11, Digest.ZERO))).isFalse();
    }

    @Test
    void answersComeInOnlyWhereTheyWereAskedFor() {
        Message.Blocks answer = new Message.Blocks(
                List.of(),
                List.of(),
                new QuorumCertificate(Phase.COMMIT, vote(1, 2, 11, BLOCK).ballot(), List.of()));
        assertThat(lets(1, answer)).isFalse();
        filter.onSent(new ReplicaId(1), new Message.FetchBlocks(new Height(11)));
        assertThat(lets(2, answer)).isFalse();
        assertThat(lets(1, answer)).isTrue();
        assertThat(lets(1, answer)).isFalse();
    }

    @Test
    void aPeerSaysWhereItStandsOnlySoOften() {
        Message status =
                new Message.Status(Epoch.ZERO, new View(2), false, new Height(10), new Height(10), new Height(0));
        int heard = 0;
        for (int i = 0; i < 1000; i++) {
            heard += lets(1, status) ? 1 : 0;
        }
        assertThat(heard).isBetween(1, 10);
        assertThat(lets(2, status)).isTrue();
        filter.forgetVotes();
        assertThat(lets(1, status)).isTrue();
    }

    @Test
    void requestsOfOnePeerAreTakenUpToABudgetInEachBeat() {
        Message forward = new Message.Forward(requests(64), false);
        assertThat(lets(1, forward)).isTrue();
        assertThat(lets(1, forward)).isTrue();
        assertThat(lets(1, forward)).isFalse();
        assertThat(lets(2, forward)).as("another peer's").isTrue();
        filter.forgetVotes();
        assertThat(lets(1, forward)).isTrue();
    }

    @Test
    void proposalsOfOnePeerPayBackWhatTheyTakeTooMuch() {
        Message full = proposal(2, requests(Parameters.MAX_BLOCK_REQUESTS));
        assertThat(lets(2, full)).isTrue();
        assertThat(lets(2, full)).isFalse();
        filter.forgetVotes();
        assertThat(lets(2, full)).as("not paid back yet").isFalse();
        filter.forgetVotes();
        assertThat(lets(2, full)).isTrue();
    }

    @Test
    void proposalsOfViewsFarAheadAreDropped() {
        assertThat(lets(2, proposal(2, List.of()))).isTrue();
        assertThat(lets(3, proposal(3, List.of()))).isTrue();
        assertThat(lets(0, proposal(4, List.of()))).isFalse();
        assertThat(lets(1, proposal(1, List.of()))).isFalse();
    }

    private static List<Request> requests(int count) {
        return IntStream.range(0, count)
                .mapToObj(i ->
                        new Request(new RequestId(new ClientId(1), 1, i + 1L), Bytes.EMPTY, new Signature(Bytes.EMPTY)))
                .toList();
    }

    private static Message.PrePrepare proposal(long view, List<Request> requests) {
        Header first = LogSamples.GENESIS.block().header();
        Header header = new Header(
                Header.FORMAT,
                first.chainId(),
                first.epoch(),
                new Height(11),
                BLOCK,
                1,
                BLOCK,
                first.roots(),
                BLOCK,
                first.validators(),
                first.nextValidators(),
                first.parameters(),
                first.applicationVersion());
        return new Message.PrePrepare(
                new View(view), new Block(header, requests), new ReplicaId((int) view % 4), new Signature(Bytes.EMPTY));
    }
}
