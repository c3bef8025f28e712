package dev.cairn.chaos.kvworlds;

import java.nio.file.Path;
import java.util.function.Function;

/** What is loaded with a planted fault: runs the governed world of a seed and says what is wrong with it, nothing if nothing is. */
public final class GovernedWorldProbe implements Function<Long, String>, AutoCloseable {
    private final GovernedWorlds worlds;

    public GovernedWorldProbe(Path directory) {
        this.worlds = new GovernedWorlds(directory);
    }

    @Override
    public String apply(Long seed) {
        return worlds.judge(KvWorlds.world(seed)).broken().orElse("");
    }

    @Override
    public void close() {
        worlds.close();
    }
}
