package dev.cairn.kv.governed;

import java.util.function.Function;

/** What is loaded with a planted fault: makes the run of a seed and says how store and model differ, nothing if they do not. */
public final class LedgerProbe implements Function<Long, String> {
    private static final int STEPS = 80;

    @Override
    public String apply(Long seed) {
        return LedgerScript.of(seed, STEPS).failure(_ -> {}).orElse("");
    }
}
