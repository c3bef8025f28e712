package dev.cairn.chaos.sim;

import dev.cairn.simulator.Fault;
import dev.cairn.simulator.Strategy;
import dev.cairn.simulator.World;
import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/** Worlds for jqwik. They shrink towards four replicas, few requests, a quiet network and no faults. */
final class Worlds {
    private Worlds() {}

    private record Size(int replicas, int window, int checkpointInterval, int batchBytes, int requests, int millis) {}

    private record Weather(int delayMicros, int loss, int duplicates, int syncMicros, int skewMillis) {}

    private record Transfers(int retainedBlocks, int chunkBytes, int micros) {}

    static Arbitrary<World> honest() {
        return Combinators.combine(Arbitraries.longs().greaterOrEqual(0), sizes(), weathers(), transfers(), faults())
                .as((seed, size, weather, transfers, faults) ->
                        world(seed, size, weather, transfers, faults, List.of()));
    }

    static Arbitrary<World> hostile() {
        return Combinators.combine(
                        Arbitraries.longs().greaterOrEqual(0), sizes(), weathers(), transfers(), faults(), strategies())
                .as((seed, size, weather, transfers, faults, strategies) -> {
                    List<World.Traits> traits = new ArrayList<>();
                    int faulty = Math.min(strategies.size(), (size.replicas() - 1) / 3);
                    for (int i = 0; i < faulty; i++) {
                        traits.add(new World.Traits(i, strategies.get(i)));
                    }
                    return world(seed, size, weather, transfers, faults, traits);
                });
    }

    private static World world(
            long seed, Size size, Weather weather, Transfers transfers, List<Fault> faults, List<World.Traits> traits) {
        return new World(
                seed,
                size.replicas(),
                size.window(),
                size.checkpointInterval(),
                size.batchBytes(),
                size.requests(),
                size.millis(),
                weather.delayMicros(),
                weather.loss(),
                weather.duplicates(),
                weather.syncMicros(),
                weather.skewMillis(),
                transfers.retainedBlocks(),
                transfers.chunkBytes(),
                transfers.micros(),
                faults,
                traits);
    }

    private static Arbitrary<Size> sizes() {
        return Combinators.combine(
                        Arbitraries.of(4, 4, 7, 10),
                        Arbitraries.integers().between(1, 16),
                        Arbitraries.integers().between(2, 8),
                        Arbitraries.of(2048, 512, 1),
                        Arbitraries.integers().between(1, 150),
                        Arbitraries.integers().between(100, 2000))
                .as(Size::new);
    }

    private static Arbitrary<Weather> weathers() {
        return Combinators.combine(
                        Arbitraries.of(500, 2_000, 20_000, 120_000),
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.integers().between(0, 10),
                        Arbitraries.of(100, 3_000, 30_000),
                        Arbitraries.of(0, 50, 900))
                .as(Weather::new);
    }

    private static Arbitrary<Transfers> transfers() {
        return Combinators.combine(
                        Arbitraries.of(World.ALL_BLOCKS, 10, 3, 0),
                        Arbitraries.integers().between(64, 512),
                        Arbitraries.of(100, 2_000, 20_000))
                .as(Transfers::new);
    }

    private static Arbitrary<List<Fault>> faults() {
        return Combinators.combine(
                        Arbitraries.of(Fault.Kind.class),
                        Arbitraries.integers().between(0, 2000),
                        Arbitraries.integers().between(1, 800),
                        Arbitraries.integers().between(1, (1 << 10) - 1))
                .as(Fault::new)
                .list()
                .ofMaxSize(8);
    }

    private static Arbitrary<List<List<Strategy>>> strategies() {
        return Arbitraries.of(Strategy.class)
                .list()
                .uniqueElements()
                .ofMinSize(1)
                .ofMaxSize(3)
                .list()
                .ofMinSize(1)
                .ofMaxSize(3);
    }
}
