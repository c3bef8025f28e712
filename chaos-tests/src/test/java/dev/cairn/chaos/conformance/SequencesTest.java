package dev.cairn.chaos.conformance;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ThreadLocalRandom;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.RandomGenerator;
import net.jqwik.api.Shrinkable;
import net.jqwik.api.sessions.JqwikSession;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Generated sequences of calls to a real etcd and to Cairn: every answer is the same. The whole run, of which continuous
 * integration does a part, is in docs/testing.md.
 */
@ExtendWith(SharedPair.class)
class SequencesTest {
    private static final int SEQUENCES = Integer.getInteger("cairn.conformance.sequences", 400);
    private static final long SEED =
            Long.getLong("cairn.conformance.seed", ThreadLocalRandom.current().nextLong(1_000_000_000));
    private static final int WATCH_SHARE = 4;
    private static final int UPKEEP_SHARE = 4;
    private static final int SIZE = 1000;
    private static final int MOST_SHRINKS = 2_000;

    private final Pair pair;

    SequencesTest(Pair pair) {
        this.pair = pair;
    }

    @Test
    void keysAnswerAlike() {
        run("keysAnswerAlike", new Sequences().ofKeys(), SEQUENCES, pair::reset);
    }

    @Test
    void watchesTellAlike() {
        run("watchesTellAlike", new Sequences().ofWatches(), SEQUENCES / WATCH_SHARE, pair::reset);
    }

    @Test
    void upkeepAnswersAlike() {
        runAndClear("upkeepAnswersAlike", new UpkeepSequences().ofUpkeep(), SEQUENCES / UPKEEP_SHARE, this::open);
    }

    @Test
    void usersAnswerAlike() {
        runAndClear("usersAnswerAlike", new UpkeepSequences().ofUsers(), SEQUENCES / UPKEEP_SHARE, () -> {
            open();
            Beginning.withUsers(pair);
        });
    }

    private void open() {
        Beginning.open(pair.reference());
        Beginning.open(pair.cairn());
        pair.reset();
    }

    /** The servers are other tests' too. */
    private void runAndClear(String test, Arbitrary<List<Step>> sequences, int count, Runnable beginning) {
        try {
            run(test, sequences, count, beginning);
        } finally {
            open();
        }
    }

    /** @param beginning puts both stores where a sequence begins */
    private void run(String test, Arbitrary<List<Step>> sequences, int count, Runnable beginning) {
        System.out.println(test + ": seeds " + SEED + " to " + (SEED + count - 1));
        JqwikSession.run(() -> {
            RandomGenerator<List<Step>> generator = sequences.generator(SIZE);
            for (long seed = SEED; seed < SEED + count; seed++) {
                Shrinkable<List<Step>> sequence = generator.next(new Random(seed));
                if (difference(sequence.value(), beginning).isPresent()) {
                    throw new AssertionError(report(test, seed, shrunk(sequence, beginning), beginning));
                }
                JqwikSession.finishTry();
            }
        });
    }

    private Optional<Difference> difference(List<Step> steps, Runnable beginning) throws InterruptedException {
        beginning.run();
        return pair.compare(steps);
    }

    /** A sequence that still shows a difference, and none of whose simpler ones does. */
    private List<Step> shrunk(Shrinkable<List<Step>> found, Runnable beginning) throws InterruptedException {
        Shrinkable<List<Step>> simplest = found;
        int tried = 0;
        boolean simpler = true;
        while (simpler && tried < MOST_SHRINKS) {
            simpler = false;
            for (Shrinkable<List<Step>> candidate : (Iterable<Shrinkable<List<Step>>>) simplest.shrink()::iterator) {
                if (++tried > MOST_SHRINKS) {
                    break;
                }
                if (difference(candidate.value(), beginning).isPresent()) {
                    simplest = candidate;
                    simpler = true;
                    break;
                }
            }
        }
        return simplest.value();
    }

    private String report(String test, long seed, List<Step> steps, Runnable beginning) throws InterruptedException {
        StringBuilder report = new StringBuilder("Cairn is not as etcd after\n");
        steps.forEach(step -> report.append("  ").append(step).append('\n'));
        difference(steps, beginning)
                .ifPresent(difference -> report.append("in ").append(difference).append('\n'));
        return report.append("replay: CAIRN_REFERENCE_ETCD=$(.ci/reference) mvn -pl chaos-tests -am verify"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=SequencesTest#" + test
                        + " -Dcairn.conformance.sequences=1 -Dcairn.conformance.seed=" + seed)
                .toString();
    }
}
