package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.Effect;
import dev.cairn.protocol.Event;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * One honest replica as a table: its states, found as they are reached, and for each state and step the state after it.
 * The real replica is made anew, by replaying the shortest history to a state, only where the table has no entry yet.
 */
final class Automaton {

    /** What the real replica holds, up to its fingerprint, and one history that leads there. */
    private record State(
            int number,
            int view,
            boolean active,
            int height,
            @Nullable State before,
            int step) {}

    /** Another way to a state than its history. */
    private record Detour(State before, int step, State to) {}

    private record Transition(State after, List<Effect> effects, Optional<String> stopped) {}

    /**
     * A state together with all that the replica has said on its way there.
     *
     * @param active it votes in {@code view}; else it waits for its NEW-VIEW
     * @param height its committed height
     * @param told number of what others can know of its past
     * @param broken the invariant that it has broken by itself
     */
    record Node(
            int number, State state, int view, boolean active, int height, int told, Past past, Optional<String> broken)
            implements Menu.Stand {}

    private static final int STEP_BITS = 24;

    private record Key(int state, Past past, Optional<String> broken) {}

    final ReplicaId self;
    private final SmallWorld world;
    private final Steps steps;
    private final Mail mail;
    private final Chronicle chronicle;
    private final Map<Digest, State> states = new HashMap<>();
    private final Map<Integer, Detour> detours = new HashMap<>();
    private final Map<Long, Transition> transitions = new HashMap<>();
    private final Map<Key, Node> numbers = new HashMap<>();
    private final Map<Past, Integer> told = new HashMap<>();
    private final List<Node> nodes = new ArrayList<>();
    private final LongIntMap next = new LongIntMap();

    Automaton(SmallWorld world, Steps steps, ReplicaId self) {
        this.world = world;
        this.steps = steps;
        this.self = self;
        this.mail = new Mail(world, self);
        this.chronicle = new Chronicle(world, self);
        Shell shell = new Shell(world, mail, self);
        State begin = stateOf(shell, null, -1);
        node(begin, chronicle.after(Past.EMPTY, shell.beginning), Optional.empty());
    }

    int states() {
        return states.size();
    }

    int nodes() {
        return nodes.size();
    }

    int transitions() {
        return transitions.size();
    }

    Node node(int number) {
        return nodes.get(number);
    }

    /** The node after a step; the same node if nothing changes. */
    int next(int number, int step) {
        long key = key(number, step);
        int known = next.get(key);
        if (known != LongIntMap.ABSENT) {
            return known;
        }
        int after = compute(nodes.get(number), step);
        next.putIfAbsent(key, after);
        return after;
    }

    private static long key(int number, int step) {
        return ((long) number << STEP_BITS) | step;
    }

    private int compute(Node node, int step) {
        Transition transition =
                transitions.computeIfAbsent(key(node.state().number(), step), _ -> transit(node.state(), step));
        if (transition.stopped().isPresent()) {
            return node(transition.after(), node.past(), transition.stopped()).number();
        }
        try {
            Past past = chronicle.after(node.past(), transition.effects());
            return node(transition.after(), past, Optional.empty()).number();
        } catch (Broken e) {
            return node(transition.after(), node.past(), Optional.of(String.valueOf(e.getMessage())))
                    .number();
        }
    }

    private Transition transit(State from, int step) {
        Shell shell = replay(from);
        try {
            List<Effect> effects =
                    shell.step(eventsOf(step)).stream().filter(Chronicle::tells).toList();
            return new Transition(stateOf(shell, from, step), effects, Optional.empty());
        } catch (RuntimeException e) {
            return new Transition(from, List.of(), Optional.of("Stops: " + self + " throws " + e));
        }
    }

    private List<Event> eventsOf(int step) {
        return mail.eventsOf(steps.get(step));
    }

    private Shell replay(State state) {
        Shell shell = new Shell(world, mail, self);
        history(state).forEach(step -> shell.step(eventsOf(step)));
        return shell;
    }

    private static List<Integer> history(State state) {
        List<Integer> history = new ArrayList<>();
        for (State at = state; at.before() != null; at = at.before()) {
            history.addFirst(at.step());
        }
        return history;
    }

    private State stateOf(Shell shell, @Nullable State before, int step) {
        Digest fingerprint = Fingerprint.of(shell.replica());
        State known = states.get(fingerprint);
        if (known != null) {
            if (before != null && before.number() != known.number() && !isMereNudge(before, step, known)) {
                detours.put(known.number(), new Detour(before, step, known));
            }
            return known;
        }
        ReplicaStatus status = shell.status();
        State fresh = new State(
                states.size(),
                (int) status.view().number(),
                !status.changing(),
                (int) status.committed().value(),
                before,
                step);
        states.put(fingerprint, fresh);
        return fresh;
    }

    /** Votes that were too few have done no more than to make the replica look at what it has. */
    private boolean isMereNudge(State before, int step, State after) {
        int nudge = steps.numberOf(new Step.Nudge(before.view()));
        Transition nudged = transitions.get(key(before.number(), nudge));
        return steps.get(step) instanceof Step.Votes
                && nudged != null
                && nudged.after().number() == after.number();
    }

    /**
     * Whether what the fingerprint leaves out does not matter: a replica that came to a state another way than the table
     * knows must take every known step as the table says. The first difference, if there is one.
     */
    Optional<String> ambiguity() {
        for (Map.Entry<Long, Transition> known : transitions.entrySet()) {
            Detour detour = detours.get((int) (known.getKey() >> STEP_BITS));
            if (detour != null && known.getValue().stopped().isEmpty()) {
                int step = (int) (known.getKey() & ((1 << STEP_BITS) - 1));
                Shell shell = replay(detour.before());
                shell.step(eventsOf(detour.step()));
                String expected = outcome(known.getValue().effects());
                String told = outcome(shell.step(eventsOf(step)));
                Digest after = Fingerprint.of(shell.replica());
                boolean spoilt = steps.get(step) instanceof Step.Votes && told.equals(outcome(List.of()));
                boolean same = expected.equals(told) && isAt(known.getValue().after(), after);
                if (!same && !spoilt) {
                    return Optional.of(String.format(
                            "%s: after %s, and after %s, %s has different outcomes: %s and %s",
                            self,
                            history(detour.to()).stream().map(steps::get).toList(),
                            Stream.concat(history(detour.before()).stream(), Stream.of(detour.step()))
                                    .map(steps::get)
                                    .toList(),
                            steps.get(step),
                            expected,
                            told));
                }
            }
        }
        return Optional.empty();
    }

    private boolean isAt(State state, Digest fingerprint) {
        State found = states.get(fingerprint);
        return found != null && found.number() == state.number();
    }

    /** What the effects add to a past, or the invariant that they break. */
    private String outcome(List<Effect> effects) {
        try {
            return chronicle.after(Past.EMPTY, effects).toString();
        } catch (Broken e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** The number that stands for what others can know of the past. */
    int toldNumber(Past past) {
        return told.computeIfAbsent(past.told(), _ -> told.size());
    }

    private Node node(State state, Past past, Optional<String> broken) {
        return numbers.computeIfAbsent(new Key(state.number(), past, broken), _ -> {
            Node node = new Node(
                    nodes.size(), state, state.view(), state.active(), state.height(), toldNumber(past), past, broken);
            nodes.add(node);
            return node;
        });
    }
}
