package dev.cairn.chaos.exhaustive;

import dev.cairn.chaos.exhaustive.SmallWorld.Size;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** What is loaded with a mutant: searches small worlds, and says what was violated; an empty text if nothing was. */
public final class SmallWorldsProbe implements Supplier<String> {
    private static final int MAX_STATES = 1_500_000;

    private static final List<Size> SIZES =
            List.of(new Size(1, 2, 1, true), new Size(0, 2, 1, true), new Size(1, 2, 2, true), new Size(0, 2, 2, true));

    @Override
    public String get() {
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
        for (Size size : SIZES) {
            Search.Result result = new Search(size).run(MAX_STATES, deadline, _ -> {});
            Optional<String> violation = result.violation();
            if (violation.isPresent()) {
                return result.states() + " states | " + violation.get();
            }
        }
        return "";
    }
}
