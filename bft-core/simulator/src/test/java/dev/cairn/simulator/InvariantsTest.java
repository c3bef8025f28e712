package dev.cairn.simulator;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.Membership;
import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ClientId;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
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
import org.junit.jupiter.api.Test;

/** The checkers are checked: each must refuse a history that is known to be bad, and let the good one pass. */
class InvariantsTest {
    private static final ReplicaId R0 = new ReplicaId(0);
    private static final ReplicaId R1 = new ReplicaId(1);
    private static final StateRoots ROOTS = LedgerMachine.GENESIS.roots();
    private static final Genesis GENESIS = new Genesis(
            Digest.ZERO,
            new Membership(Epoch.ZERO, List.of(Bytes.utf8("a"), Bytes.utf8("b"), Bytes.utf8("c"), Bytes.utf8("d"))),
            Parameters.DEFAULT,
            0,
            1,
            ROOTS);
    private static final Digest START = GENESIS.block().digest();

    private static Block block(long height, Digest parent, long time, Request... requests) {
        Header g = GENESIS.block().header();
        return new Block(
                new Header(
                        g.formatVersion(),
                        g.chainId(),
                        g.epoch(),
                        new Height(height),
                        parent,
                        time,
                        g.requestsRoot(),
                        ROOTS,
                        g.historyRoot(),
                        g.validators(),
                        g.nextValidators(),
                        g.parameters(),
                        1),
                List.of(requests));
    }

    private static Request request(long sequence) {
        return new Request(
                new RequestId(new ClientId(0), 1, sequence), Bytes.utf8("x" + sequence), new Signature(Bytes.EMPTY));
    }

    private static Ballot ballot(Block block, long view) {
        return new Ballot(Epoch.ZERO, new View(view), block.height(), block.digest());
    }

    private static Vote vote(int voter, Phase phase, Ballot ballot) {
        ReplicaId id = new ReplicaId(voter);
        return Vote.of(phase, ballot, id, SimCrypto.sign(id, Statement.of(phase.kind(), Digest.ZERO, ballot)));
    }

    private static QuorumCertificate proof(Phase phase, Ballot ballot, int... voters) {
        List<QuorumCertificate.Signed> votes = new ArrayList<>();
        for (int voter : voters) {
            votes.add(new QuorumCertificate.Signed(
                    new ReplicaId(voter), vote(voter, phase, ballot).signature()));
        }
        return new QuorumCertificate(phase, ballot, votes);
    }

    private static void commit(Invariant invariant, ReplicaId replica, int life, Block block) {
        invariant.onCommitted(
                replica,
                life,
                block,
                proof(Phase.COMMIT, ballot(block, 0), 0, 1, 2),
                ROOTS,
                block.requests().size());
    }

    private static void assertRefused(Runnable history, String invariant) {
        assertThatThrownBy(history::run).isInstanceOf(Violation.class).hasMessageStartingWith(invariant);
    }

    @Test
    void agreementRefusesTwoBlocksAtOneHeight() {
        Invariant agreement = new Invariants.Agreement();
        commit(agreement, R0, 1, block(1, START, 1));
        assertThatCode(() -> commit(agreement, R1, 1, block(1, START, 1))).doesNotThrowAnyException();
        assertRefused(() -> commit(agreement, R1, 1, block(1, START, 2)), "Agreement");
    }

    @Test
    void prefixOrderRefusesAGapAndAWrongParent() {
        Block first = block(1, START, 1);
        Invariant gap = new Invariants.PrefixOrder(START);
        assertRefused(() -> commit(gap, R0, 1, block(2, first.digest(), 2)), "PrefixOrder");
        Invariant parent = new Invariants.PrefixOrder(START);
        commit(parent, R0, 1, first);
        assertRefused(() -> commit(parent, R0, 1, block(2, START, 2)), "PrefixOrder");
    }

    @Test
    void certificateSoundnessRefusesTooFewDoubledForgedAndMisplacedVotes() {
        Block block = block(1, START, 1);
        Ballot ballot = ballot(block, 0);
        Invariant soundness = new Invariants.CertificateSoundness(new SimCrypto(GENESIS));
        List<QuorumCertificate> unsound = List.of(
                proof(Phase.COMMIT, ballot, 0, 1),
                proof(Phase.COMMIT, ballot, 0, 1, 1),
                proof(Phase.PREPARE, ballot, 0, 1, 2),
                new QuorumCertificate(
                        Phase.COMMIT,
                        ballot(block, 1),
                        proof(Phase.COMMIT, ballot, 0, 1, 2).votes()),
                proof(Phase.COMMIT, ballot(block(1, START, 9), 0), 0, 1, 2));
        for (QuorumCertificate proof : unsound) {
            assertRefused(() -> soundness.onCommitted(R0, 1, block, proof, ROOTS, 0), "CertificateSoundness");
        }
    }

    @Test
    void noDoubleVoteRefusesASecondStatementEvenInALaterLife() {
        Invariant votes = new Invariants.NoDoubleVote();
        Vote first = vote(0, Phase.COMMIT, ballot(block(1, START, 1), 3));
        votes.onSent(R0, first);
        votes.onSent(R0, first);
        votes.onSent(R0, vote(0, Phase.COMMIT, ballot(block(1, START, 2), 4)));
        assertRefused(() -> votes.onSent(R0, vote(0, Phase.COMMIT, ballot(block(1, START, 2), 3))), "NoDoubleVote");
    }

    @Test
    void noDoubleVoteRefusesASecondProposal() {
        Invariant votes = new Invariants.NoDoubleVote();
        Signature any = new Signature(Bytes.EMPTY);
        votes.onSent(R0, new Message.PrePrepare(View.ZERO, block(1, START, 1), R0, any));
        assertRefused(
                () -> votes.onSent(R0, new Message.PrePrepare(View.ZERO, block(1, START, 2), R0, any)), "NoDoubleVote");
    }

    @Test
    void validityRefusesAnInventedRequest() {
        Invariant validity = new Invariants.Validity();
        validity.onSubmitted(request(1));
        commit(validity, R0, 1, block(1, START, 1, request(1)));
        assertRefused(() -> commit(validity, R0, 1, block(1, START, 1, request(2))), "Validity");
    }

    @Test
    void exactlyOnceRefusesASecondExecution() {
        Invariant once = new Invariants.ExactlyOnce();
        commit(once, R0, 1, block(1, START, 1, request(1)));
        Block again = block(2, START, 2, request(1));
        assertRefused(
                () -> once.onCommitted(R0, 1, again, proof(Phase.COMMIT, ballot(again, 0), 0, 1, 2), ROOTS, 2),
                "ExactlyOnce");
    }

    @Test
    void stateRootEqualityRefusesOtherRoots() {
        Invariant roots = new Invariants.StateRootEquality();
        Block block = block(1, START, 1);
        StateRoots other = new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, new Digest(1, 1, 1, 1));
        assertRefused(
                () -> roots.onCommitted(R0, 1, block, proof(Phase.COMMIT, ballot(block, 0), 0, 1, 2), other, 0),
                "StateRootEquality");
    }

    @Test
    void linearizableReadsRefuseAStaleOne() {
        Invariant reads = new Invariants.LinearizableReads();
        reads.onRead(R0, new Height(5), new Height(5));
        assertRefused(() -> reads.onRead(R0, new Height(4), new Height(5)), "LinearizableReads");
    }

    @Test
    void boundedMemoryRefusesAFlood() {
        Invariant bounds = new Invariants.BoundedMemory();
        World world = World.honest(1);
        ReplicaStatus flooded = new ReplicaStatus(
                R0,
                View.ZERO,
                false,
                R0,
                Height.GENESIS,
                START,
                START,
                Height.GENESIS,
                Height.GENESIS,
                0,
                10_000,
                List.of());
        assertRefused(() -> bounds.onStatus(flooded, world), "BoundedMemory");
    }
}
