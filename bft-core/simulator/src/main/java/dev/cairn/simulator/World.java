package dev.cairn.simulator;

import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Timeouts;
import java.util.List;
import java.util.SplittableRandom;

/**
 * One simulated world: everything that decides how a run goes. Equal worlds give equal runs, bit for bit.
 *
 * @param seed where every delay, loss and choice inside the run comes from
 * @param replicas n
 * @param window W
 * @param checkpointInterval blocks between checkpoints
 * @param requests how many requests the clients send while things go wrong
 * @param chaosMillis for how long things go wrong
 * @param maxDelayMicros messages take up to this long, so they overtake each other
 * @param lossPercent how many of a hundred messages are lost
 * @param duplicatePercent how many of a hundred come twice
 * @param crashes how often a replica crashes and comes back, several at once too
 * @param partitions how often the network falls apart and heals
 * @param byzantine what the Byzantine replicas do, one strategy each; at most f
 */
public record World(
        long seed,
        int replicas,
        int window,
        int checkpointInterval,
        int requests,
        int chaosMillis,
        int maxDelayMicros,
        int lossPercent,
        int duplicatePercent,
        int crashes,
        int partitions,
        List<Strategy> byzantine) {
    public World {
        byzantine = List.copyOf(byzantine);
        if (byzantine.size() > (replicas - 1) / 3) {
            throw new IllegalArgumentException("more Byzantine replicas than the protocol promises to bear");
        }
    }

    /** An honest world drawn from a seed. */
    public static World honest(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        return new World(
                seed,
                pick(random, 4, 4, 4, 7, 10),
                random.nextInt(1, 17),
                random.nextInt(2, 9),
                random.nextInt(20, 201),
                random.nextInt(300, 3001),
                pick(random, 500, 2_000, 20_000, 120_000),
                pick(random, 0, 0, 2, 10, 30),
                pick(random, 0, 0, 2, 10),
                random.nextInt(0, 5),
                random.nextInt(0, 3),
                List.of());
    }

    /** A world with Byzantine replicas, drawn from a seed. */
    public static World hostile(long seed) {
        World honest = honest(seed);
        SplittableRandom random = new SplittableRandom(~seed);
        List<Strategy> all = List.of(Strategy.values());
        List<Strategy> chosen = random.ints((honest.replicas - 1) / 3, 0, all.size())
                .mapToObj(all::get)
                .toList();
        return honest.withByzantine(chosen);
    }

    public World withByzantine(List<Strategy> strategies) {
        return new World(
                seed,
                replicas,
                window,
                checkpointInterval,
                requests,
                chaosMillis,
                maxDelayMicros,
                lossPercent,
                duplicatePercent,
                crashes,
                partitions,
                strategies);
    }

    Parameters parameters() {
        return new Parameters(window, checkpointInterval, 1 << 16, 1 << 11, 500_000_000L, 60_000_000_000L);
    }

    Timeouts timeouts() {
        return new Timeouts(10, 15, 30, 500, 100, 100, 800, 20);
    }

    private static int pick(SplittableRandom random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
