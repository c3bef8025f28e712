package dev.cairn.simulator;

import static dev.cairn.simulator.Histories.GENESIS;
import static dev.cairn.simulator.Histories.NONE;
import static dev.cairn.simulator.Histories.R0;
import static dev.cairn.simulator.Histories.R1;
import static dev.cairn.simulator.Histories.ROOTS;
import static dev.cairn.simulator.Histories.START;
import static dev.cairn.simulator.Histories.ballot;
import static dev.cairn.simulator.Histories.block;
import static dev.cairn.simulator.Histories.commit;
import static dev.cairn.simulator.Histories.digest;
import static dev.cairn.simulator.Histories.height;
import static dev.cairn.simulator.Histories.newView;
import static dev.cairn.simulator.Histories.proof;
import static dev.cairn.simulator.Histories.proposal;
import static dev.cairn.simulator.Histories.request;
import static dev.cairn.simulator.Histories.start;
import static dev.cairn.simulator.Histories.viewChange;
import static dev.cairn.simulator.Histories.vote;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Occupancy;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.StateRoots;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Testimony;
import dev.cairn.protocol.model.View;
import dev.cairn.protocol.model.Vote;
import dev.cairn.protocol.model.Witness;
import java.lang.reflect.RecordComponent;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The checkers are checked: each must refuse a history that is known to be bad, and let the good part of it pass. */
class InvariantsTest {
    private static final Block FIRST = block(START, 1);
    private static final Block OTHER = block(START, 2);
    private static final Block SECOND = block(FIRST, 3);

    private static void assertRefused(Runnable history, Invariant by) {
        assertThatThrownBy(history::run)
                .isInstanceOf(Violation.class)
                .hasMessageStartingWith(by.getClass().getSimpleName() + ":");
    }

    // The chain.

    @Test
    void agreementRefusesTwoBlocksAtOneHeight() {
        Invariant agreement = new ChainInvariants.Agreement();
        commit(agreement, R0, 1, FIRST);
        commit(agreement, R1, 1, FIRST);
        assertRefused(() -> commit(agreement, R1, 1, OTHER), agreement);
    }

    @Test
    void agreementRefusesAnotherBlockInTheLogOfARestartedReplica() {
        Invariant agreement = new ChainInvariants.Agreement();
        commit(agreement, R0, 1, FIRST);
        assertRefused(() -> start(agreement, R1, 3, OTHER), agreement);
    }

    @Test
    void prefixOrderRefusesAGap() {
        Invariant order = new ChainInvariants.PrefixOrder();
        start(order, R0, 1);
        assertRefused(() -> commit(order, R0, 1, SECOND), order);
    }

    @Test
    void prefixOrderRefusesAWrongParentAndARepetition() {
        Invariant order = new ChainInvariants.PrefixOrder();
        start(order, R0, 1);
        commit(order, R0, 1, FIRST);
        assertRefused(() -> commit(order, R0, 1, block(OTHER, 3)), order);
        assertRefused(() -> commit(order, R0, 1, FIRST), order);
    }

    @Test
    void prefixOrderGoesOnFromWhatTheLogHeldAndFromNowhereElse() {
        Invariant order = new ChainInvariants.PrefixOrder();
        start(order, R0, 1);
        commit(order, R0, 1, FIRST);
        start(order, R0, 3);
        assertRefused(() -> commit(order, R0, 3, SECOND), order);
        commit(order, R0, 3, FIRST);
        commit(order, R0, 3, SECOND);
    }

    @Test
    void validityRefusesAnInventedRequest() {
        Invariant validity = new ChainInvariants.Validity();
        validity.onSubmitted(request(1));
        commit(validity, R0, 1, block(START, 1, request(1)));
        assertRefused(() -> commit(validity, R0, 1, block(START, 1, request(2))), validity);
    }

    @Test
    void exactlyOnceRefusesASecondExecutionAlsoInALaterLife() {
        Block once = block(START, 1, request(1));
        Block again = block(once, 2, request(1));
        Invariant invariant = new ChainInvariants.ExactlyOnce();
        commit(invariant, R0, 1, once, 1);
        commit(invariant, R0, 1, again, 1);
        assertRefused(() -> commit(invariant, R1, 1, again, 2), invariant);
        start(invariant, R0, 3, once);
        assertRefused(() -> commit(invariant, R0, 3, again, 2), invariant);
    }

    @Test
    void exactlyOnceRefusesARequestThatWasNotExecuted() {
        Invariant invariant = new ChainInvariants.ExactlyOnce();
        assertRefused(() -> commit(invariant, R0, 1, block(START, 1, request(1)), 0), invariant);
    }

    @Test
    void stateRootEqualityRefusesOtherRoots() {
        Invariant roots = new ChainInvariants.StateRootEquality();
        StateRoots other = new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, digest(1));
        QuorumCertificate proof = proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1, 2);
        roots.onDecided(new Observer.Decided(R0, 1, FIRST, proof, ROOTS, 0, 0));
        assertRefused(() -> roots.onDecided(new Observer.Decided(R1, 1, FIRST, proof, other, 0, 0)), roots);
    }

    @Test
    void durabilityRefusesAChainThatHasLostOrReplacedAnAnsweredBlock() {
        Invariant durability = new ChainInvariants.Durability();
        durability.onAnswered(R0, FIRST);
        durability.onEnd(new Observer.Ending(List.of(List.of(FIRST, SECOND)), ""));
        assertRefused(() -> durability.onEnd(new Observer.Ending(List.of(List.of()), "")), durability);
        assertRefused(() -> durability.onEnd(new Observer.Ending(List.of(List.of(OTHER)), "")), durability);
    }

    // Chains that begin with a state from others: nothing below its anchor is known.

    @Test
    void agreementRefusesAnAnchorThatIsNotTheCommittedBlock() {
        Invariant agreement = new ChainInvariants.Agreement();
        commit(agreement, R0, 1, FIRST);
        commit(agreement, R0, 1, SECOND);
        start(agreement, R1, 3, SECOND);
        assertRefused(() -> start(agreement, R1, 4, block(FIRST, 9)), agreement);
    }

    @Test
    void prefixOrderRefusesAnAnchorBelowWhatWasDurableAndABlockThatIsNotOnIt() {
        LogRecord two = new LogRecord.CommittedBlock(
                height(2), SECOND.digest(), proof(Phase.COMMIT, ballot(SECOND, 0), 0, 1, 2));
        Invariant order = new ChainInvariants.PrefixOrder();
        order.onDurable(R0, two);
        assertRefused(() -> start(order, R0, 3, FIRST), order);
        start(order, R0, 3, SECOND);
        assertRefused(() -> commit(order, R0, 3, block(block(FIRST, 9), 4)), order);
        commit(order, R0, 3, block(SECOND, 4));
    }

    @Test
    void exactlyOnceCountsWhatLiesBelowAnAnchorOnceAnotherReplicaHasShownIt() {
        Block first = block(START, 1, request(1));
        Block second = block(first, 2, request(2));
        Block third = block(second, 3, request(1));
        Invariant invariant = new ChainInvariants.ExactlyOnce();
        start(invariant, R1, 3, second);
        commit(invariant, R1, 3, third, 2);
        commit(invariant, R0, 1, first, 1);
        commit(invariant, R0, 1, second, 2);
        assertRefused(() -> commit(invariant, R1, 3, third, 3), invariant);
    }

    @Test
    void stateRootEqualityRefusesAStateThatIsNotTheAnchors() {
        Invariant roots = new ChainInvariants.StateRootEquality();
        roots.onState(R0, FIRST, ROOTS);
        StateRoots other = new StateRoots(2, 1, 0, Digest.ZERO, Digest.ZERO, digest(1));
        assertRefused(() -> roots.onState(R0, FIRST, other), roots);
    }

    @Test
    void durabilityAsksAChainOnlyForWhatLiesAtItsAnchorAndAbove() {
        Invariant durability = new ChainInvariants.Durability();
        durability.onAnswered(R0, FIRST);
        durability.onAnswered(R0, SECOND);
        durability.onEnd(new Observer.Ending(List.of(List.of(SECOND)), ""));
        Block beside = block(FIRST, 9);
        assertRefused(() -> durability.onEnd(new Observer.Ending(List.of(List.of(beside)), "")), durability);
        durability.onAnswered(R0, block(SECOND, 4));
        assertRefused(() -> durability.onEnd(new Observer.Ending(List.of(List.of(SECOND)), "")), durability);
    }

    // Votes and certificates.

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

    // What the proof of safety rests on.

    @Test
    void oneChainPerViewRefusesTwoBlocksOfAHeightAndTwoBranches() {
        LogRecord first = new LogRecord.PreparedCertificate(proof(Phase.PREPARE, ballot(FIRST, 3), 0, 1, 2));
        Invariant chain = new LemmaInvariants.OneChainPerView();
        for (Block block : List.of(FIRST, OTHER, SECOND)) {
            chain.onSeen(block.header());
        }
        chain.onDurable(R0, first);
        chain.onDurable(R1, new LogRecord.PreparedCertificate(proof(Phase.PREPARE, ballot(SECOND, 3), 0, 1, 2)));
        chain.onDurable(R1, new LogRecord.PreparedCertificate(proof(Phase.PREPARE, ballot(OTHER, 4), 0, 1, 2)));
        assertRefused(
                () -> chain.onDurable(
                        R1, new LogRecord.PreparedCertificate(proof(Phase.PREPARE, ballot(OTHER, 3), 0, 1, 2))),
                chain);
        Invariant branches = new LemmaInvariants.OneChainPerView();
        Block onOther = block(OTHER, 5);
        for (Block block : List.of(FIRST, OTHER, onOther)) {
            branches.onSeen(block.header());
        }
        branches.onDurable(R0, first);
        assertRefused(
                () -> branches.onDurable(
                        R1, new LogRecord.PreparedCertificate(proof(Phase.PREPARE, ballot(onOther, 3), 0, 1, 2))),
                branches);
    }

    @Test
    void tipCoversCommitsRefusesALowerTipWhicheverComesFirst() {
        LogRecord committed = new LogRecord.CommittedBlock(
                height(2), SECOND.digest(), proof(Phase.COMMIT, ballot(SECOND, 1), 0, 1, 2));
        LogRecord low = new LogRecord.AcceptedNewView(newView(
                R1, 2, viewChange(R0, 2, Optional.of(proof(Phase.PREPARE, ballot(FIRST, 1), 0, 1, 2)))));
        LogRecord high = new LogRecord.AcceptedNewView(newView(
                R1, 2, viewChange(R0, 2, Optional.of(proof(Phase.PREPARE, ballot(SECOND, 1), 0, 1, 2)))));
        for (List<LogRecord> order : List.of(List.of(committed, low), List.of(low, committed))) {
            Invariant tips = new LemmaInvariants.TipCoversCommits();
            tips.onDurable(R0, order.get(0));
            assertRefused(() -> tips.onDurable(R1, order.get(1)), tips);
        }
        Invariant fine = new LemmaInvariants.TipCoversCommits();
        fine.onDurable(R0, committed);
        fine.onDurable(R1, high);
    }

    @Test
    void enteredByQuorumRefusesTooFewDoubledAndMisplacedViewChanges() {
        Message.ViewChange own = viewChange(R0, 2, Optional.empty());
        Message.ViewChange second = viewChange(R1, 2, Optional.empty());
        Message.ViewChange third = viewChange(new ReplicaId(2), 2, Optional.empty());
        Message.ViewChange older = viewChange(new ReplicaId(2), 1, Optional.empty());
        Message.ViewChange fromWithin =
                viewChange(new ReplicaId(2), 2, Optional.of(proof(Phase.PREPARE, ballot(FIRST, 2), 0, 1, 2)));
        Invariant entered = new LemmaInvariants.EnteredByQuorum(4);
        entered.onDurable(R0, new LogRecord.AcceptedNewView(newView(R1, 2, own, second, third)));
        for (Message.NewView bad : List.of(
                newView(R1, 2, own, second),
                newView(R1, 2, own, second, second),
                newView(R1, 2, own, second, older),
                newView(R1, 2, own, second, fromWithin))) {
            assertRefused(() -> entered.onDurable(R0, new LogRecord.AcceptedNewView(bad)), entered);
        }
    }

    @Test
    void votingRuleKnowsTheFourWaysToVoteAndNoOther() {
        Block third = block(SECOND, 4);
        Block onOther = block(OTHER, 5);
        Message.ViewChange withTip = viewChange(R1, 2, Optional.of(proof(Phase.PREPARE, ballot(SECOND, 1), 0, 1, 2)));
        VotingRule rule = new VotingRule(START);
        for (Block block : List.of(FIRST, OTHER, SECOND, third, onOther)) {
            rule.onSeen(block.header());
        }
        start(rule, R0, 1);
        rule.onSent(R0, vote(0, Phase.PREPARE, ballot(FIRST, 0)));
        rule.onSent(R0, vote(0, Phase.PREPARE, ballot(SECOND, 0)));
        assertRefused(() -> rule.onSent(R0, vote(0, Phase.PREPARE, ballot(onOther, 0))), rule);
        assertRefused(() -> rule.onSent(R0, vote(0, Phase.PREPARE, ballot(SECOND, 2))), rule);
        rule.onDurable(R0, new LogRecord.AcceptedNewView(newView(R1, 2, withTip)));
        commit(rule, R0, 1, FIRST);
        assertRefused(() -> rule.onSent(R0, vote(0, Phase.PREPARE, ballot(FIRST, 2))), rule);
        assertRefused(() -> rule.onSent(R0, vote(0, Phase.PREPARE, ballot(block(FIRST, 9), 2))), rule);
        rule.onSent(R0, vote(0, Phase.PREPARE, ballot(SECOND, 2)));
        rule.onSent(R0, vote(0, Phase.PREPARE, ballot(third, 2)));
    }

    @Test
    void votingRuleRefusesABaseThatALaterViewCommitted() {
        VotingRule rule = new VotingRule(START);
        rule.onSeen(FIRST.header());
        rule.onSeen(SECOND.header());
        start(rule, R0, 1);
        QuorumCertificate later = proof(Phase.COMMIT, ballot(FIRST, 1), 0, 1, 2);
        rule.onDecided(new Observer.Decided(R0, 1, FIRST, later, ROOTS, 0, 0));
        assertRefused(() -> rule.onSent(R0, vote(0, Phase.PREPARE, ballot(SECOND, 0))), rule);
        QuorumCertificate same = proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1, 2);
        rule.onDecided(new Observer.Decided(R0, 1, FIRST, same, ROOTS, 0, 0));
        rule.onSent(R0, vote(0, Phase.PREPARE, ballot(SECOND, 0)));
    }

    @Test
    void notOfTheFutureRefusesATimeThatNoClockShows() {
        Invariant time = new ChainInvariants.NotOfTheFuture(GENESIS.parameters());
        long limit = GENESIS.parameters().maxFutureNanos();
        commit(time, R0, 1, block(START, limit));
        assertRefused(() -> commit(time, R0, 1, block(START, limit + 1)), time);
    }

    // Durable before sent.

    private static void assertMustWaitFor(Message message, LogRecord... records) {
        for (LogRecord missing : records) {
            EffectRule hasty = new EffectRule(START.digest());
            hasty.onSeen(FIRST.header());
            for (LogRecord entry : records) {
                if (!entry.equals(missing)) {
                    hasty.onDurable(R0, entry);
                }
            }
            assertRefused(() -> hasty.onSent(R0, message), hasty);
        }
        EffectRule patient = new EffectRule(START.digest());
        for (LogRecord entry : records) {
            patient.onDurable(R0, entry);
        }
        patient.onSent(R0, message);
    }

    @Test
    void effectRuleMakesEachMessageWaitForItsRecords() {
        LogRecord body = new LogRecord.BlockBody(FIRST);
        LogRecord prepared = new LogRecord.PreparedCertificate(proof(Phase.PREPARE, ballot(FIRST, 4), 0, 1, 2));
        Vote prepare = vote(0, Phase.PREPARE, ballot(FIRST, 4));
        Vote commit = vote(0, Phase.COMMIT, ballot(FIRST, 4));
        Vote checkpoint = vote(0, Phase.CHECKPOINT, ballot(FIRST, 0));
        Message.ViewChange viewChange = viewChange(R0, 4, Optional.empty());
        Message.NewView newView = newView(R0, 4, viewChange);
        LogRecord entered = new LogRecord.AcceptedNewView(newView);
        LogRecord committed =
                new LogRecord.CommittedBlock(height(1), FIRST.digest(), proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1, 2));

        assertMustWaitFor(proposal(FIRST, 0), body, new LogRecord.ProposedSlot(ballot(FIRST, 0), NONE));
        assertMustWaitFor(prepare, body, entered, new LogRecord.CastVote(prepare));
        assertMustWaitFor(commit, prepared, entered, new LogRecord.CastVote(commit));
        assertMustWaitFor(checkpoint, committed, new LogRecord.CastVote(checkpoint));
        assertMustWaitFor(viewChange, new LogRecord.SentViewChange(viewChange));
        assertMustWaitFor(newView, entered);
    }

    @Test
    void effectRuleMakesAPrepareWaitForEveryAncestor() {
        Vote prepare = vote(0, Phase.PREPARE, ballot(SECOND, 0));
        assertMustWaitFor(
                prepare,
                new LogRecord.BlockBody(FIRST),
                new LogRecord.BlockBody(SECOND),
                new LogRecord.CastVote(prepare));
    }

    // Service.

    @Test
    void linearizableReadsRefuseAStaleOne() {
        Invariant reads = new ServiceInvariants.LinearizableReads();
        reads.onRead(R0, height(5), height(5));
        assertRefused(() -> reads.onRead(R0, height(4), height(5)), reads);
    }

    @Test
    void soundTestimonyRefusesWhatWouldConvinceNobody() {
        Digest challenge = Hashing.sha256(new byte[] {1});
        Digest asked = Testimony.challengeOf(List.of(challenge));
        List<Witness> witnesses = IntStream.range(0, 3)
                .mapToObj(i -> {
                    ReplicaId replica = new ReplicaId(i);
                    Statement statement =
                            Witness.statement(GENESIS.chainId(), Epoch.ZERO, asked, i, View.ZERO, Height.GENESIS);
                    return new Witness(
                            Epoch.ZERO,
                            replica,
                            asked,
                            i,
                            View.ZERO,
                            Height.GENESIS,
                            SimCrypto.sign(replica, statement));
                })
                .toList();
        Invariant sound = new ServiceInvariants.SoundTestimony(GENESIS);
        Testimony good = new Testimony(List.of(challenge), witnesses);
        sound.onTestimony(R0, challenge, Optional.of(good));
        assertRefused(() -> sound.onTestimony(R0, Digest.ZERO, Optional.of(good)), sound);
        assertRefused(() -> sound.onTestimony(R0, challenge, Optional.empty()), sound);
        Testimony ofTwo = new Testimony(List.of(challenge), witnesses.subList(0, 2));
        assertRefused(() -> sound.onTestimony(R0, challenge, Optional.of(ofTwo)), sound);
    }

    @Test
    void boundedMemoryRefusesAFloodInAnyPlace() throws ReflectiveOperationException {
        Invariant bounds = new ServiceInvariants.BoundedMemory(GENESIS.parameters(), 4, 200);
        bounds.onOccupied(R0, holding("requests", 200));
        for (RecordComponent part : Occupancy.class.getRecordComponents()) {
            if (!part.getName().equals("sinceCheckpoint")) { // the measure of others
                Occupancy flood = holding(part.getName(), 10_000);
                assertRefused(() -> bounds.onOccupied(R0, flood), bounds);
            }
        }
    }

    private static Occupancy holding(String part, int count) throws ReflectiveOperationException {
        Object[] counts = Arrays.stream(Occupancy.class.getRecordComponents())
                .map(each -> (Object) (each.getName().equals(part) ? count : 0))
                .toArray();
        return (Occupancy) Occupancy.class.getConstructors()[0].newInstance(counts);
    }

    @Test
    void noHaltRefusesAny() {
        Invariant halts = new ServiceInvariants.NoHalt();
        assertRefused(() -> halts.onHalted(R0, "diverged"), halts);
    }

    @Test
    void progressRefusesAnythingLeftOpen() {
        Invariant progress = new ServiceInvariants.Progress();
        progress.onEnd(new Observer.Ending(List.of(), ""));
        assertRefused(() -> progress.onEnd(new Observer.Ending(List.of(), "1 request")), progress);
    }
}
