package dev.cairn.simulator;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Makes a failing world smaller, step by step, as long as the same invariant breaks: fewer replicas that lie and lies,
 * fewer faults, fewer replicas, requests and milliseconds, a calmer network.
 */
public final class WorldShrinker {
    private static final int MOST_RUNS = 3000;

    /** Any change shuffles what the seed decides, so a smaller world gets some chances. */
    private static final int SEEDS = 25;

    /** The quietest that each number can be. */
    private static final Map<String, Integer> QUIETEST = new TreeMap<>(
            Map.of("requests", 1, "millis", 50, "loss", 0, "duplicates", 0, "skew", 0, "delay", 500, "sync", 100));

    private final Function<World, Optional<String>> violationOf;
    private final String invariant;
    private int runs;

    private WorldShrinker(Function<World, Optional<String>> violationOf, String invariant) {
        this.violationOf = violationOf;
        this.invariant = invariant;
    }

    /** A world no larger than {@code failing} that breaks the same invariant; itself if it breaks none. */
    public static World shrink(World failing, Function<World, Optional<String>> violationOf) {
        return violationOf
                .apply(failing)
                .map(violation -> new WorldShrinker(violationOf, nameIn(violation)).smallest(failing))
                .orElse(failing);
    }

    /** The name of the invariant that a violation tells of. */
    public static String nameIn(String violation) {
        return violation.replaceFirst("(?s):.*", "");
    }

    private World smallest(World failing) {
        World world = failing;
        Optional<World> smaller = Optional.of(failing);
        while (smaller.isPresent()) {
            world = smaller.get();
            smaller = smallerThan(world).stream()
                    .flatMap(candidate -> failingAt(candidate).stream())
                    .findFirst();
        }
        return world;
    }

    private Optional<World> failingAt(World candidate) {
        for (long seed = candidate.seed(); seed < candidate.seed() + SEEDS && runs < MOST_RUNS; seed++) {
            World tried = World.parse(candidate.toString().replaceFirst("seed=-?\\d+", "seed=" + seed));
            runs++;
            if (violationOf
                    .apply(tried)
                    .map(WorldShrinker::nameIn)
                    .filter(invariant::equals)
                    .isPresent()) {
                return Optional.of(tried);
            }
        }
        return Optional.empty();
    }

    /** Worlds that lack one thing, those that lack most first. */
    private static List<World> smallerThan(World world) {
        List<World> smaller = new ArrayList<>();
        withFewerReplicas(world, smaller);
        if (world.faults().size() > 1) {
            smaller.add(WorldText.with(world, "faults", ""));
        }
        withFewerLies(world, smaller);
        for (int i = 0; i < world.faults().size(); i++) {
            List<Fault> fewer = new ArrayList<>(world.faults());
            fewer.remove(i);
            smaller.add(withFaults(world, fewer));
        }
        QUIETEST.forEach((field, least) -> {
            int now = WorldText.number(world, field);
            if (now > least) {
                smaller.add(WorldText.with(world, field, least));
            }
            if (now > least + 1) {
                smaller.add(WorldText.with(world, field, (now + least) / 2));
                smaller.add(WorldText.with(world, field, now - Math.max(1, (now - least) / 8)));
            }
        });
        return smaller;
    }

    private static void withFewerReplicas(World world, List<World> smaller) {
        for (int n = 4; n < world.replicas(); n += 3) {
            int count = n;
            List<World.Traits> left = world.byzantine().stream()
                    .filter(traits -> traits.replica() < count)
                    .limit((count - 1) / 3)
                    .toList();
            smaller.add(WorldText.with(world.withByzantine(left), "n", n));
        }
    }

    private static void withFewerLies(World world, List<World> smaller) {
        List<World.Traits> all = world.byzantine();
        for (int i = 0; i < all.size(); i++) {
            List<World.Traits> fewer = new ArrayList<>(all);
            World.Traits liar = fewer.remove(i);
            smaller.add(world.withByzantine(fewer));
            for (Strategy strategy : liar.strategies()) {
                if (liar.strategies().size() > 1) {
                    List<Strategy> left = liar.strategies().stream()
                            .filter(each -> each != strategy)
                            .toList();
                    List<World.Traits> milder = new ArrayList<>(all);
                    milder.set(i, new World.Traits(liar.replica(), left));
                    smaller.add(world.withByzantine(milder));
                }
            }
        }
    }

    private static World withFaults(World world, List<Fault> faults) {
        return WorldText.with(
                world,
                "faults",
                String.join(",", faults.stream().map(Fault::toString).toList()));
    }
}
