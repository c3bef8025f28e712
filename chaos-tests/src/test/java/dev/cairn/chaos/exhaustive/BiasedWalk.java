package dev.cairn.chaos.exhaustive;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A random way, drawn from a seed with a {@link Bias}, through a world that is too large to be exhausted. */
final class BiasedWalk {
    private static final int ATTEMPTS = 400;
    private static final int MOVES = 120;

    private final Trio.Ground ground;
    private final SplittableRandom random;
    private final Bias bias;
    private final Trio trio;
    private final List<Trio.Move> way = new ArrayList<>();

    /** By replica, the steps that did nothing since it last moved. */
    private final List<Set<Integer>> idle;

    BiasedWalk(Trio.Ground ground, long seed) {
        this.ground = ground;
        this.random = new SplittableRandom(seed);
        this.bias = new Bias(ground.world, random);
        this.trio = new Trio(ground);
        this.idle = ground.world.honest.stream()
                .<Set<Integer>>map(_ -> new HashSet<>())
                .toList();
    }

    /** Walks to the end, or to the first violation, which it returns. */
    Optional<String> run() {
        for (int i = 0; i < ATTEMPTS && way.size() < MOVES; i++) {
            int replica = random.nextInt(idle.size());
            draw(replica).ifPresent(step -> move(replica, step));
            if (trio.violation().isPresent()) {
                return trio.violation();
            }
        }
        return Optional.empty();
    }

    /** How many steps were taken. */
    int length() {
        return way.size();
    }

    boolean entered(int view) {
        return IntStream.range(0, idle.size())
                .anyMatch(replica -> trio.walker(replica).past().hasEntered(view));
    }

    boolean decided() {
        return IntStream.range(0, idle.size())
                .anyMatch(replica -> trio.walker(replica).past().decided() != 0);
    }

    private void move(int replica, int step) {
        Trio.Move move = new Trio.Move(replica, ground.steps.get(step));
        way.add(move);
        if (trio.make(move)) {
            idle.get(replica).clear();
        } else {
            idle.get(replica).add(step);
        }
    }

    /** One of the kinds of steps that can be taken, and one of that kind. */
    private Optional<Integer> draw(int replica) {
        Map<Bias.Kind, List<Integer>> possible = new EnumMap<>(Bias.Kind.class);
        int choices = trio.choices(replica);
        for (int i = 0; i < choices; i++) {
            int number = ground.menu.step(i);
            Step step = ground.steps.get(number);
            if (!idle.get(replica).contains(number) && bias.allows(replica, step)) {
                possible.computeIfAbsent(Bias.Kind.of(step), _ -> new ArrayList<>())
                        .add(number);
            }
        }
        return possible.isEmpty() ? Optional.empty() : Optional.of(any(any(List.copyOf(possible.values()))));
    }

    private <T> T any(List<T> some) {
        return some.get(random.nextInt(some.size()));
    }

    /** The steps that it takes to get to the violation, one on each line: none of them can be left out. */
    String shortened() {
        List<Trio.Move> shorter = List.copyOf(way);
        int before;
        do {
            before = shorter.size();
            shorter = withoutWhatIsNotNeeded(shorter);
        } while (shorter.size() < before);
        return shorter.stream()
                .map(move -> ground.world.honest.get(move.replica()) + " " + move.step())
                .collect(Collectors.joining("\n"));
    }

    private List<Trio.Move> withoutWhatIsNotNeeded(List<Trio.Move> moves) {
        List<Trio.Move> shorter = moves;
        for (int at = moves.size() - 1; at >= 0; at--) {
            List<Trio.Move> without = new ArrayList<>(shorter);
            without.remove(at);
            if (leadsToTheSame(without)) {
                shorter = without;
            }
        }
        return shorter;
    }

    private boolean leadsToTheSame(List<Trio.Move> moves) {
        Trio again = new Trio(ground);
        for (Trio.Move move : moves) {
            if (!again.offers(move)) {
                return false;
            }
            again.make(move);
            if (again.violation().isPresent()) {
                return again.violation().equals(trio.violation());
            }
        }
        return false;
    }
}
