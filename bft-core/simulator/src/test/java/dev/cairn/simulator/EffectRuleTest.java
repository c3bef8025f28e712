package dev.cairn.simulator;

import static dev.cairn.simulator.Histories.FIRST;
import static dev.cairn.simulator.Histories.NONE;
import static dev.cairn.simulator.Histories.R0;
import static dev.cairn.simulator.Histories.SECOND;
import static dev.cairn.simulator.Histories.START;
import static dev.cairn.simulator.Histories.assertRefused;
import static dev.cairn.simulator.Histories.ballot;
import static dev.cairn.simulator.Histories.commit;
import static dev.cairn.simulator.Histories.height;
import static dev.cairn.simulator.Histories.newView;
import static dev.cairn.simulator.Histories.proof;
import static dev.cairn.simulator.Histories.proposal;
import static dev.cairn.simulator.Histories.viewChange;
import static dev.cairn.simulator.Histories.vote;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.Vote;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** As {@link ChainInvariantsTest}: what must be durable before a message is sent. */
class EffectRuleTest {
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
}
