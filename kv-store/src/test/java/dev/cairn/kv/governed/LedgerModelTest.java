package dev.cairn.kv.governed;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.LongStream;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.lifecycle.AfterContainer;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * Guards, approvals and the ledger beside a plain model of them. {@code -Dcairn.ledger.runs=N} makes N long runs, {@code
 * -Dcairn.first.seed=S} sets where they begin, {@code -Dcairn.ledger.seed=S} with {@code -Dcairn.ledger.steps=N} gives one of a
 * failure again.
 */
class LedgerModelTest {
    private static final int STEPS = 80;
    private static final int LONG_STEPS = 250;
    private static final int ENOUGH_FOR_COVERAGE = 50;

    private static final List<String> MUST_HAPPEN = List.of(
            ("EXECUTED PENDING CONFLICTED WITHDRAWN REFUSED Put Compacted AuthorNoPerson BaseAhead Conflict DeadEnd"
                            + " NotSignedByAuthor NotTheAuthor NotYetValid OutOfReach RevokedSigner RewritesPast"
                            + " SignaturesMissing SignerOutOfTime UnknownKey UnknownSigner ValidTooLong"
                            + " ValuesMissing WrongChain")
                    .split(" "));
    private static final List<String> MUST_HAPPEN_TOO = List.of(
            "governance EXECUTED",
            "governance CONFLICTED",
            "governance REFUSED",
            "Txn true",
            "Txn false",
            "Failed GUARDED",
            "Failed INVALID_CHANGE",
            "Failed BAD_SIGNATURE",
            "Failed UNKNOWN_CHANGE",
            "signed Failed GUARDED",
            "signed Failed BAD_SIGNATURE",
            "signed Failed SIGNER_REFUSED",
            "signed Failed WRITE_OUT_OF_TIME",
            "signed Failed WRITE_SUPERSEDED",
            "open Put",
            "guarded Put",
            "guarded Txn",
            "again Put");

    private static final Map<String, Integer> HAPPENED = new TreeMap<>();
    private static int runs;

    /** Shrinking is ours: a shorter script has fewer steps, and not a smaller seed. */
    @Property(tries = 90, shrinking = ShrinkingMode.OFF)
    void theStoreDoesWhatTheModelDoes(@ForAll long seed) {
        run(seed, STEPS);
    }

    @Test
    @EnabledIfSystemProperty(named = "cairn.ledger.runs", matches = "\\d+")
    void alsoInLongRuns() {
        long from = Long.getLong("cairn.first.seed", 1);
        LongStream.range(from, from + Integer.getInteger("cairn.ledger.runs")).forEach(seed -> run(seed, LONG_STEPS));
    }

    @Test
    @EnabledIfSystemProperty(named = "cairn.ledger.seed", matches = "-?\\d+")
    void theOneRunThatWasAskedFor() {
        run(Long.getLong("cairn.ledger.seed"), Integer.getInteger("cairn.ledger.steps", STEPS));
    }

    private static void run(long seed, int steps) {
        LedgerScript script = LedgerScript.of(seed, steps);
        runs++;
        Optional<String> failure = script.failure(what -> HAPPENED.merge(what, 1, Integer::sum));
        if (failure.isPresent()) {
            Assertions.fail(script.shortened().failure(_ -> {}).orElse(failure.get())
                    + "\n  again: mvn -q -pl kv-store -am test -Dtest=LedgerModelTest"
                    + " -Dsurefire.failIfNoSpecifiedTests=false -Dcairn.ledger.seed=" + seed
                    + " -Dcairn.ledger.steps=" + steps);
        }
    }

    @AfterContainer
    static void enoughHasHappened() {
        System.out.println(runs + " runs of the ledger; how often each thing happened: " + HAPPENED);
        if (runs >= ENOUGH_FOR_COVERAGE) {
            assertThat(HAPPENED.keySet()).containsAll(MUST_HAPPEN).containsAll(MUST_HAPPEN_TOO);
        }
    }
}
