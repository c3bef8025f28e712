package dev.cairn.chaos.mutants;

import dev.cairn.simulator.Fault;
import dev.cairn.simulator.Strategy;
import dev.cairn.simulator.World;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Where a planted fault is looked for: worlds drawn from a seed. Some faults show only where several rare things come
 * together; the narrow habitats bring them together often, and leave the rest to chance. The real code must hold in all.
 */
enum Habitat {
    /** The worlds of the sweeps: one in eight without liars. */
    ANYWHERE {
        @Override
        World world(long seed) {
            return seed % 8 == 0 ? World.honest(seed) : World.hostile(seed);
        }
    },

    /** A liar makes up certificates, and others are often away, or change the view. */
    FORGED_CERTIFICATES {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Lively all = new Lively(pick(random, 500, 2_000, 20_000), 0, random.nextInt(1, 17));
            Fault.Kind[] kinds = {Fault.Kind.CRASH, Fault.Kind.PARTITION, Fault.Kind.DEAFEN, Fault.Kind.RESET};
            return all.world(seed, random, random.nextInt(REPLICAS), Strategy.FORGE_CERTIFICATES, List.of(), kinds);
        }
    },

    /** The first primary keeps certificates for later, and views change often. */
    HOARDED_CERTIFICATES {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Lively all = new Lively(pick(random, 2_000, 20_000), 0, random.nextInt(1, 17));
            return all.world(seed, random, 0, Strategy.HOARD, List.of(), Fault.Kind.RESET);
        }
    },

    /** One of the first primaries goes on from where it may not; much is under way, and views change often. */
    FORKS {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Lively all = new Lively(20_000, 0, random.nextInt(4, 17));
            return all.world(seed, random, random.nextInt(2), Strategy.FORK, List.of(), Fault.Kind.RESET);
        }
    },

    /** One honest replica hears of no view change for a while, and a primary whose view is over makes use of that. */
    STAYING_BEHIND {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int liar = random.nextInt(2);
            Fault blind = new Fault(
                    Fault.Kind.BLIND_TO_VIEWS,
                    random.nextInt(500),
                    random.nextInt(500, 2_500),
                    1 << otherThan(liar, random));
            Lively all = new Lively(pick(random, 500, 2_000, 20_000), 0, random.nextInt(1, 17));
            Strategy lie = pick(random, Strategy.CLING, Strategy.LATE_REPORT);
            Fault.Kind[] kinds = {Fault.Kind.RESET, Fault.Kind.CRASH, Fault.Kind.DEAFEN};
            return all.world(seed, random, liar, lie, List.of(blind), kinds);
        }
    },

    /** A liar answers reads; links are slow and lose much, and views change often. */
    LIES_TO_READERS {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Lively all = new Lively(pick(random, 20_000, 120_000), pick(random, 0, 10, 30), random.nextInt(1, 17));
            int liar = random.nextInt(REPLICAS);
            return all.world(
                    seed, random, liar, Strategy.LIE_TO_READERS, List.of(), Fault.Kind.RESET, Fault.Kind.SLOW_LINKS);
        }
    },

    /** Messages are lost; nothing else is wrong. */
    LOSSES {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Lively all = new Lively(pick(random, 500, 2_000, 20_000), pick(random, 10, 30), random.nextInt(1, 17));
            return all.world(seed, random, List.of(), List.of());
        }
    },

    /** Bodies are dropped soon, honest replicas are away for a while, and a liar offers states. */
    TRANSFERS {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int liar = random.nextInt(REPLICAS);
            int millis = random.nextInt(1_000, 3_001);
            List<Strategy> lies = List.of(pick(random, Strategy.LIE_IN_OFFERS, Strategy.OFFER_OLD_STATES));
            List<Fault> faults = new ArrayList<>();
            for (int at = random.nextInt(300); at < millis; at += random.nextInt(200, 800)) {
                Fault.Kind kind = pick(random, Fault.Kind.CRASH, Fault.Kind.PARTITION, Fault.Kind.DEAFEN);
                faults.add(new Fault(kind, at, random.nextInt(50, 500), 1 << otherThan(liar, random)));
            }
            return new World(
                    seed,
                    REPLICAS,
                    random.nextInt(1, 17),
                    random.nextInt(2, 9),
                    1,
                    random.nextInt(20, 201),
                    millis,
                    pick(random, 500, 2_000, 20_000),
                    0,
                    0,
                    pick(random, 100, 3_000),
                    0,
                    0,
                    random.nextInt(64, 513),
                    pick(random, 100, 2_000),
                    faults,
                    List.of(new World.Traits(liar, lies)));
        }
    },

    /** As many blocks as can be under way, short crashes on slow disks, and a primary that goes back on its proposals. */
    VOTES_UNDER_WAY {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int millis = random.nextInt(300, 1_001);
            List<Strategy> lies = random.nextBoolean()
                    ? List.of(Strategy.PROPOSE_ANEW)
                    : List.of(Strategy.PROPOSE_ANEW, Strategy.WITHHOLD_VOTES);
            List<Fault> faults = new ArrayList<>();
            for (int at = random.nextInt(100); at < millis; at += random.nextInt(100, 300)) {
                faults.add(new Fault(Fault.Kind.CRASH, at, random.nextInt(1, 80), 1 << otherThan(0, random)));
            }
            return new World(
                    seed,
                    REPLICAS,
                    random.nextInt(8, 17),
                    random.nextInt(2, 5),
                    1,
                    200,
                    millis,
                    pick(random, 2_000, 20_000),
                    0,
                    0,
                    30_000,
                    0,
                    0,
                    512,
                    100,
                    faults,
                    List.of(new World.Traits(0, lies)));
        }
    },

    /** Primaries crash on slow disks, come back in the view that they lead, and find their clock behind the last block. */
    CLOCKS_BEHIND {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            List<Fault> faults = new ArrayList<>();
            for (int at = random.nextInt(100); at < 3_000; at += random.nextInt(30, 300)) {
                boolean moves = random.nextInt(4) == 0;
                Fault.Kind kind = moves ? Fault.Kind.RESET : Fault.Kind.CRASH;
                faults.add(new Fault(kind, at, random.nextInt(1, 60), 1 << random.nextInt(REPLICAS)));
            }
            return new World(
                    seed,
                    REPLICAS,
                    random.nextInt(1, 5),
                    random.nextInt(2, 9),
                    1,
                    200,
                    3_000,
                    pick(random, 500, 2_000),
                    0,
                    0,
                    30_000,
                    900,
                    World.ALL_BLOCKS,
                    512,
                    100,
                    faults,
                    List.of());
        }
    },

    /** One replica is not heard, or alone, for minutes; all else is well. */
    LONG_OUTAGES {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Fault.Kind kind = pick(random, Fault.Kind.MUTE, Fault.Kind.DEAFEN, Fault.Kind.PARTITION);
            return minutes(seed, random, kind, otherThan(0, random), List.of());
        }
    },

    /** One replica is not heard for minutes, and a liar takes part in view changes and in nothing else: every view fails. */
    FAILING_VIEWS {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            int liar = random.nextInt(REPLICAS);
            List<Strategy> lies = List.of(
                    Strategy.WITHHOLD_VOTES, Strategy.HIDE_PREPARED, Strategy.REPEAT_VIEW_CHANGE, Strategy.CENSOR);
            return minutes(
                    seed, random, Fault.Kind.MUTE, otherThan(liar, random), List.of(new World.Traits(liar, lies)));
        }
    },

    /** Primaries are asked to hand over again and again, and one liar does so without being asked, or without office. */
    HAND_OVERS {
        @Override
        World world(long seed) {
            SplittableRandom random = new SplittableRandom(seed);
            Lively all = new Lively(pick(random, 500, 2_000, 20_000), pick(random, 0, 2, 10), random.nextInt(1, 17));
            Strategy lie = Strategy.RESIGNING.get(random.nextInt(Strategy.RESIGNING.size()));
            Fault.Kind[] kinds = {
                Fault.Kind.HAND_OVER, Fault.Kind.HAND_OVER, Fault.Kind.CRASH, Fault.Kind.PARTITION, Fault.Kind.RESET
            };
            return all.world(seed, random, random.nextInt(REPLICAS), lie, List.of(), kinds);
        }
    };

    private static final int REPLICAS = 4;

    abstract World world(long seed);

    private static World minutes(
            long seed, SplittableRandom random, Fault.Kind kind, int victim, List<World.Traits> liars) {
        int millis = random.nextInt(150_000, 250_001);
        int begins = random.nextInt(1_000);
        return new World(
                seed,
                REPLICAS,
                random.nextInt(1, 17),
                random.nextInt(2, 9),
                512,
                random.nextInt(20, 201),
                millis,
                2_000,
                0,
                0,
                3_000,
                0,
                World.ALL_BLOCKS,
                512,
                2_000,
                List.of(new Fault(kind, begins, millis - begins, 1 << victim)),
                liars);
    }

    /** A world full of requests and of short faults, each of which hits one replica. */
    private record Lively(int maxDelayMicros, int lossPercent, int window) {

        World world(long seed, SplittableRandom random, int liar, Strategy lie, List<Fault> more, Fault.Kind... kinds) {
            return world(seed, random, List.of(new World.Traits(liar, List.of(lie))), more, kinds);
        }

        World world(
                long seed, SplittableRandom random, List<World.Traits> liars, List<Fault> more, Fault.Kind... kinds) {
            int millis = random.nextInt(1_000, 3_001);
            List<Fault> faults = new ArrayList<>(more);
            for (int at = random.nextInt(300); at < millis && kinds.length > 0; at += random.nextInt(100, 500)) {
                int victim = 1 << random.nextInt(REPLICAS);
                faults.add(new Fault(pick(random, kinds), at, random.nextInt(1, 200), victim));
            }
            return new World(
                    seed,
                    REPLICAS,
                    window,
                    random.nextInt(2, 9),
                    pick(random, 1, 512),
                    random.nextInt(100, 201),
                    millis,
                    maxDelayMicros,
                    lossPercent,
                    0,
                    pick(random, 100, 3_000),
                    0,
                    World.ALL_BLOCKS,
                    512,
                    100,
                    faults,
                    liars);
        }
    }

    private static int otherThan(int replica, SplittableRandom random) {
        return (replica + 1 + random.nextInt(REPLICAS - 1)) % REPLICAS;
    }

    @SafeVarargs
    private static <T> T pick(SplittableRandom random, T... choices) {
        return choices[random.nextInt(choices.length)];
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }
}
