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
    private static final int SIZE = 1000;
    private static final int MOST_SHRINKS = 2_000;

    private final Pair pair;

    SequencesTest(Pair pair) {
        this.pair = pair;
    }

    @Test
    void keysAnswerAlike() {
        run("keysAnswerAlike", new Sequences().ofKeys(), SEQUENCES);
    }

    @Test
    void watchesTellAlike() {
        run("watchesTellAlike", new Sequences().ofWatches(), SEQUENCES / WATCH_SHARE);
    }

    private void run(String test, Arbitrary<List<Step>> sequences, int count) {
        System.out.println(test + ": seeds " + SEED + " to " + (SEED + count - 1));
        JqwikSession.run(() -> {
            RandomGenerator<List<Step>> generator = sequences.generator(SIZE);
            for (long seed = SEED; seed < SEED + count; seed++) {
                Shrinkable<List<Step>> sequence = generator.next(new Random(seed));
                if (difference(sequence.value()).isPresent()) {
                    throw new AssertionError(report(test, seed, shrunk(sequence)));
                }
                JqwikSession.finishTry();
            }
        });
    }

    private Optional<Difference> difference(List<Step> steps) throws InterruptedException {
        pair.reset();
        return pair.compare(steps);
    }

    /** A sequence that still shows a difference, and none of whose simpler ones does. */
    private List<Step> shrunk(Shrinkable<List<Step>> found) throws InterruptedException {
        Shrinkable<List<Step>> simplest = found;
        int tried = 0;
        boolean simpler = true;
        while (simpler && tried < MOST_SHRINKS) {
            simpler = false;
            for (Shrinkable<List<Step>> candidate : (Iterable<Shrinkable<List<Step>>>) simplest.shrink()::iterator) {
                if (++tried > MOST_SHRINKS) {
                    break;
                }
                if (difference(candidate.value()).isPresent()) {
                    simplest = candidate;
                    simpler = true;
                    break;
                }
            }
        }
        return simplest.value();
    }

    private String report(String test, long seed, List<Step> steps) throws InterruptedException {
        StringBuilder report = new StringBuilder("Cairn is not as etcd after\n");
        steps.forEach(step -> report.append("  ").append(step).append('\n'));
        difference(steps)
                .ifPresent(difference -> report.append("in ").append(difference).append('\n'));
        return report.append("replay: CAIRN_REFERENCE_ETCD=$(.ci/reference) mvn -pl chaos-tests -am verify"
                        + " -Dsurefire.failIfNoSpecifiedTests=false -Dtest=SequencesTest#" + test
                        + " -Dcairn.conformance.sequences=1 -Dcairn.conformance.seed=" + seed)
                .toString();
    }
}
