package dev.cairn.kv.governed;

import java.util.List;
import java.util.SplittableRandom;

/** Chance, from one number. */
public final class Dice {
    private final SplittableRandom random;

    public Dice(long seed) {
        this.random = new SplittableRandom(seed);
    }

    public int below(int bound) {
        return random.nextInt(bound);
    }

    public boolean inPercent(int percent) {
        return below(100) < percent;
    }

    @SafeVarargs
    public final <T> T oneOf(T... all) {
        return all[below(all.length)];
    }

    public <T> T pick(List<T> all) {
        return all.get(below(all.size()));
    }

    public long next() {
        return random.nextLong();
    }
}
