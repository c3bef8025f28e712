package dev.cairn.chaos.exhaustive;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Steps and their numbers. */
final class Steps {
    private final Map<Step, Integer> numbers = new HashMap<>();
    private final List<Step> steps = new ArrayList<>();

    int numberOf(Step step) {
        return numbers.computeIfAbsent(step, _ -> {
            steps.add(step);
            return steps.size() - 1;
        });
    }

    Step get(int number) {
        return steps.get(number);
    }
}
