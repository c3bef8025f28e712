package dev.cairn.simulator;

import static dev.cairn.simulator.Histories.FIRST;
import static dev.cairn.simulator.Histories.GENESIS;
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
import static dev.cairn.simulator.Histories.digest;
import static dev.cairn.simulator.Histories.height;
import static dev.cairn.simulator.Histories.proof;
import static dev.cairn.simulator.Histories.request;
import static dev.cairn.simulator.Histories.start;

import dev.cairn.protocol.LogRecord;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The checkers are checked: each must refuse a history that is known to be bad, and let the good part of it pass. */
class ChainInvariantsTest {
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

    @Test
    void notOfTheFutureRefusesATimeThatNoClockShows() {
        Invariant time = new ChainInvariants.NotOfTheFuture(GENESIS.parameters());
        long limit = GENESIS.parameters().maxFutureNanos();
        commit(time, R0, 1, block(START, limit));
        assertRefused(() -> commit(time, R0, 1, block(START, limit + 1)), time);
    }

    @Test
    void timeGoesForwardRefusesABlockAsOldAsItsParentOrOlder() {
        Invariant time = new ChainInvariants.TimeGoesForward();
        commit(time, R0, 1, block(START, 5));
        commit(time, R0, 1, block(block(START, 5), 6));
        assertRefused(() -> commit(time, R0, 1, block(block(START, 5), 5)), time);
        assertRefused(() -> commit(time, R1, 1, block(block(START, 5), 4)), time);
        assertRefused(() -> start(time, R1, 1, FIRST, block(FIRST, 1)), time);
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
}
