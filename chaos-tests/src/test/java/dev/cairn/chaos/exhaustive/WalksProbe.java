package dev.cairn.chaos.exhaustive;

import dev.cairn.chaos.exhaustive.SmallWorld.Size;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What is loaded with a mutant: walks through worlds of three views and two heights, the first through each, then the second
 * through each, and so on, and says after how many what was violated; an empty text if nothing was.
 */
public final class WalksProbe implements Supplier<String> {
    private static final int WALKS = Integer.getInteger("cairn.mutant.walks", 400_000);
    private static final List<Size> SIZES = List.of(new Size(0, 3, 2, true), new Size(1, 3, 2, true));

    @Override
    public String get() {
        List<Trio.Ground> grounds = SIZES.stream().map(Trio.Ground::new).toList();
        for (int seed = 1; seed <= WALKS; seed++) {
            for (Trio.Ground ground : grounds) {
                BiasedWalk walk = new BiasedWalk(ground, seed);
                Optional<String> violation = walk.run();
                if (violation.isPresent()) {
                    String way = walk.shortened();
                    return String.format(
                            "%,d walks | %d | %s%n%s%n%s, walk %d",
                            seed, way.lines().count(), violation.get(), way, ground.world.size, seed);
                }
            }
        }
        return "";
    }
}
