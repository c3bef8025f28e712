package dev.cairn.simulator;

import static dev.cairn.simulator.Histories.GENESIS;
import static dev.cairn.simulator.Histories.NONE;
import static dev.cairn.simulator.Histories.R0;
import static dev.cairn.simulator.Histories.R1;
import static dev.cairn.simulator.Histories.START;
import static dev.cairn.simulator.Histories.ballot;
import static dev.cairn.simulator.Histories.block;
import static dev.cairn.simulator.Histories.height;
import static dev.cairn.simulator.Histories.proof;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.Transition;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Epoch;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Statement;
import dev.cairn.protocol.model.Trigger;
import dev.cairn.protocol.model.View;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** As {@link ChainInvariantsTest}: what judges a VIEW-CHANGE must refuse a bad one, and let a good one pass. */
class DepartureInvariantsTest {
    private static final Block FIRST = block(START, 1);
    private static final Block SECOND = block(FIRST, 2);
    private static final QuorumCertificate PREPARED = proof(Phase.PREPARE, ballot(FIRST, 1), 0, 1, 2);
    private static final QuorumCertificate COMMITTED = proof(Phase.COMMIT, ballot(FIRST, 1), 0, 1, 2);

    private static void assertRefused(Invariant by, LogRecord entry) {
        Histories.assertRefused(() -> by.onDurable(R0, entry), by);
    }

    private static LogRecord leaving(Message.Suspect... trigger) {
        return leaving(Optional.empty(), Optional.empty(), trigger);
    }

    private static LogRecord leaving(
            Optional<QuorumCertificate> prepared, Optional<QuorumCertificate> committed, Message.Suspect... trigger) {
        return leaving(prepared, committed, new Trigger.Suspicion(List.of(trigger)));
    }

    private static LogRecord leaving(
            Optional<QuorumCertificate> prepared, Optional<QuorumCertificate> committed, Trigger trigger) {
        return new LogRecord.SentViewChange(
                new Message.ViewChange(Epoch.ZERO, new View(2), prepared, committed, trigger, R0, NONE));
    }

    private static LogRecord resigning(
            long view, ReplicaId heir, Optional<QuorumCertificate> office, ReplicaId signer) {
        Statement statement = Trigger.Resignation.statement(GENESIS.chainId(), Epoch.ZERO, new View(view), heir);
        return leaving(
                Optional.empty(),
                Optional.empty(),
                new Trigger.Resignation(Epoch.ZERO, new View(view), heir, office, SimCrypto.sign(signer, statement)));
    }

    @Test
    void leftOnResignationRefusesWhatNoPrimaryInOfficeSigned() {
        Invariant left = new DepartureInvariants.LeftOnResignation(GENESIS);
        Optional<QuorumCertificate> office = Optional.of(proof(Phase.COMMIT, ballot(FIRST, 1), 0, 1, 2));
        left.onDurable(R0, resigning(1, R0, office, R1));
        assertRefused(left, resigning(1, R0, office, R0));
        assertRefused(left, resigning(1, R1, office, R1));
        assertRefused(left, resigning(1, new ReplicaId(4), office, R1));
        assertRefused(left, resigning(1, R0, Optional.empty(), R1));
        assertRefused(left, resigning(1, R0, Optional.of(proof(Phase.COMMIT, ballot(FIRST, 0), 0, 1, 2)), R1));
        assertRefused(left, resigning(1, R0, Optional.of(proof(Phase.COMMIT, ballot(FIRST, 1), 0, 1)), R1));
        assertRefused(left, resigning(0, R1, office, R0));
    }

    @Test
    void servedItsTermRefusesAPrimaryThatJustCame() {
        Invariant served = new DepartureInvariants.ServedItsTerm(Timeouts.DEFAULT);
        int term = Timeouts.DEFAULT.officeTicks();
        served.onTransition(R0, new Transition.Resigned(View.ZERO, R1, term));
        Histories.assertRefused(
                () -> served.onTransition(R0, new Transition.Resigned(View.ZERO, R1, term - 1)), served);
    }

    private static Message.Suspect suspect(ReplicaId sender, long view, ReplicaId signer) {
        Statement statement = new Statement(
                Statement.Kind.SUSPECT, GENESIS.chainId(), Epoch.ZERO, new View(view), Height.GENESIS, Digest.ZERO);
        return new Message.Suspect(Epoch.ZERO, new View(view), sender, SimCrypto.sign(signer, statement));
    }

    @Test
    void leftOnSuspicionRefusesOneSuspectAndWhatOnlyLooksLikeTwo() {
        Invariant left = new DepartureInvariants.LeftOnSuspicion(GENESIS);
        Message.Suspect one = suspect(R0, 1, R0);
        left.onDurable(R0, leaving(one, suspect(R1, 1, R1)));
        assertRefused(left, leaving(one));
        assertRefused(left, leaving(one, one));
        assertRefused(left, leaving(one, suspect(R1, 0, R1)));
        assertRefused(left, leaving(one, suspect(R1, 1, R0)));
    }

    @Test
    void nothingLeftOutRefusesAReportBelowWhatIsHeld() {
        Invariant nothing = new DepartureInvariants.NothingLeftOut();
        nothing.onDurable(R0, leaving());
        nothing.onDurable(R0, new LogRecord.PreparedCertificate(PREPARED));
        nothing.onDurable(R0, new LogRecord.CommittedBlock(height(1), FIRST.digest(), COMMITTED));
        nothing.onDurable(R0, leaving(Optional.of(PREPARED), Optional.of(COMMITTED)));
        assertRefused(nothing, leaving(Optional.empty(), Optional.of(COMMITTED)));
        assertRefused(nothing, leaving(Optional.of(PREPARED), Optional.empty()));
    }

    @Test
    void nothingLeftOutRanksByViewBeforeHeight() {
        Invariant nothing = new DepartureInvariants.NothingLeftOut();
        QuorumCertificate higher = proof(Phase.PREPARE, ballot(SECOND, 0), 0, 1, 2);
        nothing.onDurable(R0, new LogRecord.PreparedCertificate(higher));
        nothing.onDurable(R0, new LogRecord.PreparedCertificate(PREPARED));
        nothing.onDurable(R0, leaving(Optional.of(PREPARED), Optional.empty()));
        assertRefused(nothing, leaving(Optional.of(higher), Optional.empty()));
    }
}
