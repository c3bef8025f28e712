package dev.cairn.simulator;

import static dev.cairn.simulator.Histories.FIRST;
import static dev.cairn.simulator.Histories.OTHER;
import static dev.cairn.simulator.Histories.R0;
import static dev.cairn.simulator.Histories.R1;
import static dev.cairn.simulator.Histories.ROOTS;
import static dev.cairn.simulator.Histories.SECOND;
import static dev.cairn.simulator.Histories.START;
import static dev.cairn.simulator.Histories.assertRefused;
import static dev.cairn.simulator.Histories.ballot;
import static dev.cairn.simulator.Histories.block;
import static dev.cairn.simulator.Histories.commit;
import static dev.cairn.simulator.Histories.height;
import static dev.cairn.simulator.Histories.newView;
import static dev.cairn.simulator.Histories.proof;
import static dev.cairn.simulator.Histories.start;
import static dev.cairn.simulator.Histories.viewChange;
import static dev.cairn.simulator.Histories.vote;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** As {@link ChainInvariantsTest}: what the proof of safety rests on. */
class LemmaInvariantsTest {
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
}
