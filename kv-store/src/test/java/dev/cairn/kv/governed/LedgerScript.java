package dev.cairn.kv.governed;

import dev.cairn.kv.TestMachine;
import dev.cairn.kv.governed.LedgerRun.Kind;
import dev.cairn.kv.governed.LedgerRun.Step;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** A founding and steps, all from one number; and some of the steps, when a failure is being made shorter. */
record LedgerScript(long seed, List<Step> steps) {
    /** How often each kind of step comes, of a hundred. */
    private static final Map<Kind, Integer> KINDS = new EnumMap<>(Map.ofEntries(
            Map.entry(Kind.SUBMIT, 14),
            Map.entry(Kind.SUBMIT_ADMIN, 10),
            Map.entry(Kind.APPROVE, 26),
            Map.entry(Kind.WITHDRAW, 5),
            Map.entry(Kind.RESUBMIT, 3),
            Map.entry(Kind.STAGE, 4),
            Map.entry(Kind.WRITE, 10),
            Map.entry(Kind.SIGNED_WRITE, 6),
            Map.entry(Kind.COMPACT, 2),
            Map.entry(Kind.WAIT, 5),
            Map.entry(Kind.END_OF_BLOCK, 13),
            Map.entry(Kind.RESTART, 1),
            Map.entry(Kind.RESTORE, 1)));

    static LedgerScript of(long seed, int length) {
        Dice dice = new Dice(~seed); // another one than the founding's
        List<Step> steps = new ArrayList<>();
        for (int i = 0; i < length; i++) {
            steps.add(new Step(kind(dice.below(100)), dice.next()));
        }
        return new LedgerScript(seed, steps);
    }

    private static Kind kind(int percent) {
        int left = percent;
        for (Map.Entry<Kind, Integer> each : KINDS.entrySet()) {
            left -= each.getValue();
            if (left < 0) {
                return each.getKey();
            }
        }
        throw new IllegalStateException("the kinds are not a hundred in a hundred");
    }

    /** What goes wrong, with the story up to there. */
    Optional<String> failure(Consumer<String> counter) {
        Rules founding = Founding.draw(TestMachine.CHAIN, new Dice(seed), LedgerRun.START);
        try (LedgerRun run = new LedgerRun(founding, counter)) {
            try {
                steps.forEach(run::perform);
                run.endBlock();
                return Optional.empty();
            } catch (AssertionError | RuntimeException e) {
                return Optional.of(run.story() + "\n" + e);
            }
        }
    }

    /** Leaves out whatever is not needed to fail. */
    LedgerScript shortened() {
        LedgerScript shortest = this;
        for (int size = steps.size() / 2; size > 0; size /= 2) {
            for (int at = 0; at + size <= shortest.steps.size(); ) {
                List<Step> fewer = new ArrayList<>(shortest.steps);
                fewer.subList(at, at + size).clear();
                LedgerScript candidate = new LedgerScript(seed, fewer);
                if (candidate.failure(_ -> {}).isPresent()) {
                    shortest = candidate;
                } else {
                    at += size;
                }
            }
        }
        return shortest;
    }
}
