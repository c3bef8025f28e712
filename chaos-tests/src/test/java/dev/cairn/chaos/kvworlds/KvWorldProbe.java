package dev.cairn.chaos.kvworlds;

import java.nio.file.Path;
import java.util.function.Function;

/**
 * What is loaded with a planted fault: runs the world of a seed, and says what no correct store can have answered in it; an
 * empty text if there is nothing such, or the search for it gave up. It has no other opinion of the world.
 */
public final class KvWorldProbe implements Function<Long, String>, AutoCloseable {
    private static final String UNDECIDED = "undecided";

    private final KvWorlds worlds;

    public KvWorldProbe(Path directory) {
        this.worlds = new KvWorlds(directory);
    }

    @Override
    public String apply(Long seed) {
        return worlds.judge(KvWorlds.world(seed))
                .refused()
                .filter(why -> !why.startsWith(UNDECIDED))
                .orElse("");
    }

    @Override
    public void close() {
        worlds.close();
    }
}
