package dev.cairn.chaos.exhaustive;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Breadth first over all states of a small world; the first violation ends it with a way there.
 *
 * <p>A state is what three honest replicas hold and have told. There is no network in it: what was once told can be
 * delivered at any time, in any order, any number of times or never, so the network is the union of what was told, and the
 * Byzantine replica is what can be made of it with one key more. Crashes are not explored. Three things keep the number of
 * states down, and none hides an outcome:
 *
 * <ul>
 *   <li>Messages that count only together (votes, suspicions, VIEW-CHANGEs) are delivered together, when there are enough.
 *       Below the threshold they change nothing but what other message of that sender is taken later, so delivering them
 *       earlier can only take choices away.
 *   <li>A step that tells nothing is taken only right before one of the same replica that does: others cannot notice when
 *       it was taken, and what made it possible stays possible. Its outcome is judged all the same.
 *   <li>Who signed a certificate is left out; see {@link Fingerprint}.
 * </ul>
 *
 * What is claimed here is tested: {@link Automaton#ambiguity} compares replicas that came to one fingerprint in different
 * ways, and {@code SmallWorldsTest} walks at random with single deliveries and meets no state that is not among these.
 */
final class Search {
    private static final int HONEST = 3;
    private static final int NODE_BITS = 21;
    private static final long NODE_MASK = (1L << NODE_BITS) - 1;

    /**
     * @param states states visited: all there are if {@code exhausted}
     * @param depth steps from the beginning to the farthest of them
     */
    record Result(
            SmallWorld.Size size,
            long states,
            int depth,
            int localStates,
            boolean exhausted,
            Optional<String> violation) {
        @Override
        public String toString() {
            return String.format(
                    "%s: %,d states, %s, depth %d, %,d local states",
                    size, states, exhausted ? "all there are" : "not all", depth, localStates);
        }
    }

    private final SmallWorld world;
    private final Steps steps = new Steps();
    private final List<Automaton> automata;
    private final Safety safety;
    private final Menu menu;

    private final States states = new States();
    private final IntSet quiet = new IntSet();

    Search(SmallWorld.Size size) {
        this.world = new SmallWorld(size);
        this.automata =
                world.honest.stream().map(id -> new Automaton(world, steps, id)).toList();
        this.safety = new Safety(world);
        this.menu = new Menu(world, steps);
    }

    /**
     * Ends, not exhausted, with {@code maxStates} states or at {@code deadlineNanos} of the system's timer. {@code progress}
     * is told now and then how many states there are.
     */
    Result run(int maxStates, long deadlineNanos, IntConsumer progress) {
        Optional<String> violation = visit(0, -1);
        int depth = 0;
        int layerEnd = states.size();
        int at = 0;
        while (violation.isEmpty() && at < states.size()) {
            if (at == layerEnd) {
                depth++;
                layerEnd = states.size();
            }
            if (states.size() >= maxStates || ((at & 0xfff) == 0 && System.nanoTime() - deadlineNanos > 0)) {
                return result(depth, false, violation);
            }
            if ((at & 0xfffff) == 0) {
                progress.accept(states.size());
            }
            violation = expand(at);
            at++;
        }
        return result(depth, violation.isEmpty(), violation);
    }

    /** Whether the visited states hold one in which the honest replicas have told this. */
    Predicate<List<Past>> visited() {
        Set<List<Integer>> all = new HashSet<>();
        for (int place = 0; place < states.size(); place++) {
            long state = states.state(place);
            all.add(List.of(
                    nodeAt(state, 0).told(),
                    nodeAt(state, 1).told(),
                    nodeAt(state, 2).told()));
        }
        return pasts -> all.contains(IntStream.range(0, HONEST)
                .mapToObj(i -> automata.get(i).toldNumber(pasts.get(i)))
                .toList());
    }

    /** See {@link Automaton#ambiguity}. */
    Optional<String> ambiguity() {
        return automata.stream()
                .flatMap(automaton -> automaton.ambiguity().stream())
                .findFirst();
    }

    private Result result(int depth, boolean exhausted, Optional<String> violation) {
        int local = automata.stream().mapToInt(Automaton::states).sum();
        return new Result(
                world.size,
                states.size(),
                depth,
                local,
                exhausted,
                violation.map(what -> what + "\n" + wayTo(states.size() - 1)));
    }

    private Optional<String> expand(int place) {
        long state = states.state(place);
        for (int i = 0; i < HONEST; i++) {
            Optional<String> violation = expand(place, state, i);
            if (violation.isPresent()) {
                return violation;
            }
        }
        return Optional.empty();
    }

    /** Lets one replica take any steps that tell nothing, and then one that tells something. */
    private Optional<String> expand(int place, long state, int i) {
        Automaton automaton = automata.get(i);
        Automaton.Node one = nodeAt(state, (i + 1) % HONEST);
        Automaton.Node other = nodeAt(state, (i + 2) % HONEST);
        quiet.clear();
        quiet.add((int) ((state >>> (i * NODE_BITS)) & NODE_MASK));
        for (int q = 0; q < quiet.size(); q++) {
            Automaton.Node me = automaton.node(quiet.get(q));
            int count = menu.fill(automaton.self.index(), me, one, other);
            for (int s = 0; s < count; s++) {
                int number = automaton.next(me.number(), menu.step(s));
                Automaton.Node next = automaton.node(number);
                if (next.told() == me.told() && next.broken().isEmpty()) {
                    if (quiet.add(number)) {
                        Optional<String> violation = safety.judge(next, one, other);
                        if (violation.isPresent()) {
                            states.append(with(state, i, number), place);
                            return violation;
                        }
                    }
                } else {
                    Optional<String> violation = visit(with(state, i, number), place);
                    if (violation.isPresent()) {
                        return violation;
                    }
                }
            }
        }
        return Optional.empty();
    }

    private Optional<String> visit(long state, int foundFrom) {
        if (!states.add(state, foundFrom)) {
            return Optional.empty();
        }
        return safety.judge(nodeAt(state, 0), nodeAt(state, 1), nodeAt(state, 2));
    }

    private Automaton.Node nodeAt(long state, int position) {
        return automata.get(position).node((int) ((state >>> (position * NODE_BITS)) & NODE_MASK));
    }

    private static long with(long state, int position, int node) {
        if (node > NODE_MASK) {
            throw new IllegalStateException("more local states than have a number");
        }
        int shift = position * NODE_BITS;
        return (state & ~(NODE_MASK << shift)) | ((long) node << shift);
    }

    /** The steps to a state, one on each line. */
    private String wayTo(int place) {
        List<String> way = new ArrayList<>();
        for (int at = place; states.from(at) >= 0; at = states.from(at)) {
            way.addAll(0, stepsBetween(states.state(states.from(at)), states.state(at)));
        }
        return String.join("\n", way);
    }

    private List<String> stepsBetween(long before, long after) {
        int i = 0;
        while (nodeAt(before, i).number() == nodeAt(after, i).number()) {
            i++;
        }
        Automaton automaton = automata.get(i);
        Map<Integer, List<String>> ways = new LinkedHashMap<>();
        Deque<Integer> open = new ArrayDeque<>();
        ways.put(nodeAt(before, i).number(), List.of());
        open.add(nodeAt(before, i).number());
        while (!ways.containsKey(nodeAt(after, i).number())) {
            Automaton.Node me = automaton.node(open.remove());
            List<String> way = ways.getOrDefault(me.number(), List.of());
            int count = menu.fill(
                    automaton.self.index(), me, nodeAt(before, (i + 1) % HONEST), nodeAt(before, (i + 2) % HONEST));
            for (int s = 0; s < count; s++) {
                int next = automaton.next(me.number(), menu.step(s));
                if (!ways.containsKey(next)) {
                    List<String> longer = new ArrayList<>(way);
                    longer.add(automaton.self + " " + steps.get(menu.step(s)));
                    ways.put(next, longer);
                    open.add(next);
                }
            }
        }
        return ways.getOrDefault(nodeAt(after, i).number(), List.of());
    }
}
