package dev.cairn.simulator;

import static dev.cairn.simulator.Histories.FIRST;
import static dev.cairn.simulator.Histories.GENESIS;
import static dev.cairn.simulator.Histories.OTHER;
import static dev.cairn.simulator.Histories.R0;
import static dev.cairn.simulator.Histories.R1;
import static dev.cairn.simulator.Histories.ROOTS;
import static dev.cairn.simulator.Histories.SECOND;
import static dev.cairn.simulator.Histories.assertRefused;
import static dev.cairn.simulator.Histories.ballot;
import static dev.cairn.simulator.Histories.height;
import static dev.cairn.simulator.Histories.newView;
import static dev.cairn.simulator.Histories.proof;
import static dev.cairn.simulator.Histories.proposal;
import static dev.cairn.simulator.Histories.viewChange;
import static dev.cairn.simulator.Histories.vote;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** As {@link ChainInvariantsTest}: votes, certificates and accusations. */
class VoteInvariantsTest {
    @Test
    void certificateSoundnessRefusesTooFewDoubledForgedAndMisplacedVotes() {
        List<QuorumCertificate> unsound = List.of(
                proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1),
                proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1, 1),
                proof(Phase.PREPARE, ballot(FIRST, 0), 0, 1, 2),
                new QuorumCertificate(
                        Phase.COMMIT,
                        ballot(FIRST, 1),
                        proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1, 2).votes()));
        for (QuorumCertificate proof : unsound) {
            Invariant soundness = new VoteInvariants.CertificateSoundness(GENESIS);
            assertRefused(() -> soundness.onDecided(new Observer.Decided(R0, 1, FIRST, proof, ROOTS, 0, 0)), soundness);
            assertRefused(
                    () -> soundness.onDurable(R0, new LogRecord.CommittedBlock(height(1), FIRST.digest(), proof)),
                    soundness);
        }
    }

    @Test
    void certificateSoundnessRefusesAProofThatDoesNotLeadToTheBlock() {
        Invariant soundness = new VoteInvariants.CertificateSoundness(GENESIS);
        soundness.onSeen(FIRST.header());
        soundness.onSeen(SECOND.header());
        QuorumCertificate above = proof(Phase.COMMIT, ballot(SECOND, 0), 0, 1, 2);
        soundness.onDecided(new Observer.Decided(R0, 1, FIRST, above, ROOTS, 0, 0));
        assertRefused(() -> soundness.onDecided(new Observer.Decided(R0, 1, OTHER, above, ROOTS, 0, 0)), soundness);
        QuorumCertificate below = proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1, 2);
        assertRefused(() -> soundness.onDecided(new Observer.Decided(R0, 1, SECOND, below, ROOTS, 0, 0)), soundness);
    }

    @Test
    void certificateSoundnessRefusesAnUnsoundCertificateInAViewChange() {
        Invariant soundness = new VoteInvariants.CertificateSoundness(GENESIS);
        QuorumCertificate thin = proof(Phase.PREPARE, ballot(FIRST, 0), 0, 1);
        assertRefused(() -> soundness.onSent(R0, viewChange(R0, 1, Optional.of(thin))), soundness);
    }

    @Test
    void noDoubleVoteRefusesASecondStatementOfEachKind() {
        QuorumCertificate prepared = proof(Phase.PREPARE, ballot(FIRST, 0), 0, 1, 2);
        Message.ViewChange empty = viewChange(R0, 4, Optional.empty());
        Message.ViewChange full = viewChange(R0, 4, Optional.of(prepared));
        List<List<Message>> pairs = List.of(
                List.of(vote(0, Phase.PREPARE, ballot(FIRST, 3)), vote(0, Phase.PREPARE, ballot(OTHER, 3))),
                List.of(vote(0, Phase.COMMIT, ballot(FIRST, 3)), vote(0, Phase.COMMIT, ballot(OTHER, 3))),
                List.of(vote(0, Phase.CHECKPOINT, ballot(FIRST, 0)), vote(0, Phase.CHECKPOINT, ballot(OTHER, 0))),
                List.of(proposal(FIRST, 0), proposal(OTHER, 0)),
                List.of(empty, full),
                List.of(newView(R0, 4, empty), newView(R0, 4, full)));
        for (List<Message> pair : pairs) {
            Invariant votes = new VoteInvariants.NoDoubleVote();
            votes.onSent(R0, pair.get(0));
            votes.onSent(R0, pair.get(0));
            assertRefused(() -> votes.onSent(R0, pair.get(1)), votes);
        }
    }

    @Test
    void noDoubleVoteAllowsAnotherVoteInAnotherView() {
        Invariant votes = new VoteInvariants.NoDoubleVote();
        votes.onSent(R0, vote(0, Phase.COMMIT, ballot(FIRST, 3)));
        votes.onSent(R0, vote(0, Phase.COMMIT, ballot(OTHER, 4)));
    }

    @Test
    void noVoteInLeftViewRefusesAFreshVoteBelowTheTarget() {
        Invariant left = new VoteInvariants.NoVoteInLeftView();
        Vote before = vote(0, Phase.PREPARE, ballot(FIRST, 0));
        left.onSent(R0, before);
        left.onSent(R0, viewChange(R0, 1, Optional.empty()));
        left.onSent(R0, before);
        left.onSent(R0, vote(0, Phase.PREPARE, ballot(SECOND, 1)));
        assertRefused(() -> left.onSent(R0, vote(0, Phase.COMMIT, ballot(FIRST, 0))), left);
    }

    @Test
    void soundAccusationsRefusesOneOfAnHonestReplicaAndOneWithoutProof() {
        Invariant accusations = new VoteInvariants.SoundAccusations(GENESIS);
        Vote first = vote(1, Phase.PREPARE, ballot(FIRST, 0));
        Vote second = vote(1, Phase.PREPARE, ballot(OTHER, 0));
        accusations.onAccused(R0, Evidence.of(first, second), false);
        assertRefused(() -> accusations.onAccused(R0, Evidence.of(first, second), true), accusations);
        Vote forged = Vote.of(Phase.PREPARE, second.ballot(), R1, first.signature());
        assertRefused(() -> accusations.onAccused(R0, Evidence.of(first, forged), false), accusations);
    }
}
