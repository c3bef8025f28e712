package dev.cairn.simulator;

import dev.cairn.protocol.Parameters;
import dev.cairn.protocol.Timeouts;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * One simulated world: everything that decides how a run goes. Equal worlds give equal runs, bit for bit. {@link
 * #toString} gives a line that {@link #parse} reads back.
 *
 * @param seed where every delay, loss and choice inside the run comes from
 * @param replicas n
 * @param window W
 * @param checkpointInterval blocks between checkpoints
 * @param batchBytes where the primary stops filling a block
 * @param requests how many requests the clients send while things go wrong
 * @param chaosMillis for how long things go wrong
 * @param maxDelayMicros messages take up to this long, so they overtake each other
 * @param lossPercent how many of a hundred messages are lost
 * @param duplicatePercent how many of a hundred come twice
 * @param maxSyncMicros an fsync takes up to this long
 * @param maxSkewMillis replicas' clocks are up to this far apart
 * @param retainedBlocks how many bodies below the stable checkpoint a replica keeps for others
 * @param chunkBytes what a part of a state aims at when it is transferred
 * @param maxTransferMicros reading or checking such a part takes up to this long
 * @param faults what goes wrong besides
 * @param byzantine what each Byzantine replica does; at most f of them
 */
public record World(
        long seed,
        int replicas,
        int window,
        int checkpointInterval,
        int batchBytes,
        int requests,
        int chaosMillis,
        int maxDelayMicros,
        int lossPercent,
        int duplicatePercent,
        int maxSyncMicros,
        int maxSkewMillis,
        int retainedBlocks,
        int chunkBytes,
        int maxTransferMicros,
        List<Fault> faults,
        List<Traits> byzantine) {
    /** So many retained blocks are all that a world has. */
    public static final int ALL_BLOCKS = 1_000_000;

    public World {
        faults = List.copyOf(faults);
        byzantine = List.copyOf(byzantine);
        long distinct = byzantine.stream().map(Traits::replica).distinct().count();
        if (distinct < byzantine.size() || byzantine.stream().anyMatch(traits -> traits.replica() >= replicas)) {
            throw new IllegalArgumentException("Byzantine replicas are different members");
        }
        if (byzantine.size() > (replicas - 1) / 3) {
            throw new IllegalArgumentException("more Byzantine replicas than the protocol promises to bear");
        }
    }

    /** A Byzantine replica and its strategies, applied one after the other. */
    public record Traits(int replica, List<Strategy> strategies) {
        public Traits {
            strategies = List.copyOf(strategies);
        }
    }

    /** An honest world drawn from a seed. */
    public static World honest(long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        SplittableRandom transfer = new SplittableRandom(seed + 1_000_003);
        int replicas = pick(random, 4, 4, 4, 7, 10);
        int chaosMillis = random.nextInt(300, 3001);
        SplittableRandom handOvers = new SplittableRandom(seed + 2_000_003);
        return new World(
                seed,
                replicas,
                random.nextInt(1, 17),
                random.nextInt(2, 9),
                pick(random, 1, 512, 2048),
                random.nextInt(20, 201),
                chaosMillis,
                pick(random, 500, 2_000, 20_000, 120_000),
                pick(random, 0, 0, 2, 10, 30),
                pick(random, 0, 0, 2, 10),
                pick(random, 100, 3_000, 3_000, 30_000),
                pick(random, 0, 0, 50, 900),
                pick(transfer, 0, 3, 10, ALL_BLOCKS, ALL_BLOCKS),
                transfer.nextInt(64, 513),
                pick(transfer, 100, 2_000, 20_000),
                Stream.concat(
                                drawFaults(random, replicas, chaosMillis).stream(),
                                drawHandOvers(handOvers, replicas, chaosMillis).stream())
                        .toList(),
                List.of());
    }

    /** A world with f Byzantine replicas, drawn from a seed. */
    public static World hostile(long seed) {
        World honest = honest(seed);
        SplittableRandom random = new SplittableRandom(~seed);
        SplittableRandom resigning = new SplittableRandom(~seed + 2_000_003);
        List<Strategy> all = Stream.of(Strategy.values())
                .filter(strategy -> !Strategy.RESIGNING.contains(strategy))
                .toList();
        List<Traits> chosen = new ArrayList<>();
        int first = random.nextBoolean() ? random.nextInt(2) : random.nextInt(honest.replicas);
        int step = honest.replicas == 4 ? 1 : random.nextInt(1, 4);
        for (int i = 0; i < honest.faulty(); i++) {
            int replica = (first + i * step) % honest.replicas;
            List<Strategy> strategies = new ArrayList<>(random.ints(random.nextInt(1, 4), 0, all.size())
                    .distinct()
                    .mapToObj(all::get)
                    .toList());
            if (resigning.nextInt(5) == 0) {
                strategies.add(Strategy.RESIGNING.get(resigning.nextInt(Strategy.RESIGNING.size())));
            }
            boolean isInvited = i > 0 && chosen.getFirst().strategies().contains(Strategy.COLLUDE);
            if (isInvited && !strategies.contains(Strategy.COLLUDE)) {
                strategies.add(Strategy.COLLUDE);
            }
            chosen.add(new Traits(replica, strategies));
        }
        return honest.withByzantine(chosen);
    }

    private static List<Fault> drawFaults(SplittableRandom random, int replicas, int chaosMillis) {
        List<Fault> faults = new ArrayList<>();
        Fault.Kind[] kinds = Stream.of(Fault.Kind.values())
                .filter(kind -> kind != Fault.Kind.HAND_OVER)
                .toArray(Fault.Kind[]::new);
        int count = random.nextInt(0, 7);
        for (int i = 0; i < count; i++) {
            int everyone = (1 << replicas) - 1;
            int targets = switch (random.nextInt(6)) {
                case 0 -> everyone;
                case 1, 2 -> random.nextInt(1, everyone + 1);
                default -> 1 << random.nextInt(replicas);
            };
            Fault.Kind kind = random.nextBoolean() ? Fault.Kind.CRASH : kinds[random.nextInt(kinds.length)];
            faults.add(new Fault(kind, random.nextInt(chaosMillis), random.nextInt(1, 800), targets));
        }
        return faults;
    }

    /** In one world of eight, primaries are asked to hand over. */
    private static List<Fault> drawHandOvers(SplittableRandom random, int replicas, int chaosMillis) {
        int count = random.nextInt(8) == 0 ? random.nextInt(1, 4) : 0;
        return Stream.generate(() -> new Fault(
                        Fault.Kind.HAND_OVER,
                        random.nextInt(chaosMillis),
                        random.nextInt(1, 800),
                        1 << random.nextInt(replicas)))
                .limit(count)
                .toList();
    }

    /** The world of such a line as {@link #toString} gives. */
    public static World parse(String text) {
        return WorldText.parse(text);
    }

    public World withByzantine(List<Traits> traits) {
        return new World(
                seed,
                replicas,
                window,
                checkpointInterval,
                batchBytes,
                requests,
                chaosMillis,
                maxDelayMicros,
                lossPercent,
                duplicatePercent,
                maxSyncMicros,
                maxSkewMillis,
                retainedBlocks,
                chunkBytes,
                maxTransferMicros,
                faults,
                traits);
    }

    World withReplicas(int count) {
        return new World(
                seed,
                count,
                window,
                checkpointInterval,
                batchBytes,
                requests,
                chaosMillis,
                maxDelayMicros,
                lossPercent,
                duplicatePercent,
                maxSyncMicros,
                maxSkewMillis,
                retainedBlocks,
                chunkBytes,
                maxTransferMicros,
                faults,
                byzantine);
    }

    Optional<Traits> traitsOf(int replica) {
        return byzantine.stream().filter(traits -> traits.replica() == replica).findFirst();
    }

    /** f. */
    int faulty() {
        return (replicas - 1) / 3;
    }

    Parameters parameters() {
        return new Parameters(window, checkpointInterval, 1 << 16, batchBytes, 500_000_000L, 60_000_000_000L);
    }

    Timeouts timeouts() {
        return new Timeouts(10, 15, 30, 500, 100, 100, 800, 20, 20, 100, 100, 8, 40, 10, 16);
    }

    @Override
    public String toString() {
        return WorldText.format(this);
    }

    private static int pick(SplittableRandom random, int... choices) {
        return choices[random.nextInt(choices.length)];
    }
}
