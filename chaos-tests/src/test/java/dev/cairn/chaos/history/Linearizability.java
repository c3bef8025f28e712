package dev.cairn.chaos.history;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Searches for an order of the calls on one group of keys that a single store could have executed, each between its
 * beginning and its end; it looks at values and real time only, at no revision.
 *
 * <p>The search goes with the history (Lowe, <i>Testing for linearizability</i>, 2017: just-in-time linearization). It
 * holds all configurations, a state and which of the pending calls have taken effect, that explain what has returned so
 * far; when a call returns, each configuration lets pending calls take effect until that call has. None left: refused.
 *
 * <p>A call with an unknown outcome stays pending for ever and may take effect or not. Of two configurations with one
 * state and the same answered calls done, the one that has used fewer unknown ones can do whatever the other can; only
 * that is kept, and so their number does not grow with the unknown calls that never mattered.
 */
final class Linearizability {
    /** Beyond this the search gives up, and says so; histories of real runs need a few dozen. */
    private static final int MAX_CONFIGURATIONS = 200_000;

    /** What a store may look like now. */
    private record Configuration(Map<String, String> state, Set<Integer> answered, Set<Integer> unknown) {
        boolean hasDone(PlainCall call) {
            return (call.isUnknown() ? unknown : answered).contains(call.id());
        }

        Configuration after(PlainCall call, Map<String, String> next) {
            return call.isUnknown()
                    ? new Configuration(next, answered, with(unknown, call.id()))
                    : new Configuration(next, with(answered, call.id()), unknown);
        }

        Configuration returned(PlainCall call) {
            return new Configuration(state, without(answered, call.id()), unknown);
        }

        Configuration withoutUnknown(Set<Integer> ids) {
            Set<Integer> fewer = new HashSet<>(unknown);
            fewer.removeAll(ids);
            return new Configuration(state, answered, fewer);
        }

        private static Set<Integer> with(Set<Integer> set, int id) {
            Set<Integer> more = new HashSet<>(set);
            more.add(id);
            return more;
        }

        private static Set<Integer> without(Set<Integer> set, int id) {
            Set<Integer> fewer = new HashSet<>(set);
            fewer.remove(id);
            return fewer;
        }
    }

    /** Configurations of which none can do whatever another can. */
    private static final class Frontier {
        private record Place(Map<String, String> state, Set<Integer> answered) {}

        private final Map<Place, List<Configuration>> places = new LinkedHashMap<>();
        private int size;

        boolean add(Configuration added) {
            List<Configuration> rivals =
                    places.computeIfAbsent(new Place(added.state(), added.answered()), _ -> new ArrayList<>());
            if (rivals.stream().anyMatch(rival -> added.unknown().containsAll(rival.unknown()))) {
                return false;
            }
            size -= rivals.size();
            rivals.removeIf(rival -> rival.unknown().containsAll(added.unknown()));
            rivals.add(added);
            size += rivals.size();
            return true;
        }

        boolean isEmpty() {
            return size == 0;
        }

        List<Configuration> all() {
            return places.values().stream().flatMap(List::stream).toList();
        }
    }

    private record Moment(long nanos, boolean isReturn, PlainCall call) {}

    private final Map<Integer, PlainCall> pending = new LinkedHashMap<>();
    private List<Configuration> frontier = List.of(new Configuration(Map.of(), Set.of(), Set.of()));

    private Linearizability() {}

    static void check(List<Call> calls) throws HistoryViolation {
        for (List<Call> group : KeyGroups.of(calls)) {
            new Linearizability().run(PlainCall.of(group));
        }
    }

    private void run(List<PlainCall> calls) throws HistoryViolation {
        List<Moment> moments = new ArrayList<>();
        for (PlainCall call : calls) {
            moments.add(new Moment(call.invokedNanos(), false, call));
            if (!call.isUnknown()) {
                moments.add(new Moment(call.returnedNanos(), true, call));
            }
        }
        // What ends when another begins overlaps with it.
        moments.sort(Comparator.comparingLong(Moment::nanos).thenComparing(Moment::isReturn));
        for (Moment moment : moments) {
            if (moment.isReturn()) {
                returned(moment.call());
            } else {
                pending.put(moment.call().id(), moment.call());
            }
        }
    }

    private void returned(PlainCall call) throws HistoryViolation {
        Frontier next = new Frontier();
        Frontier seen = new Frontier();
        Deque<Configuration> open = new ArrayDeque<>();
        for (Configuration configuration : frontier) {
            if (configuration.hasDone(call)) {
                next.add(configuration.returned(call));
            } else if (seen.add(configuration)) {
                open.add(configuration);
            }
        }
        while (!open.isEmpty()) {
            Configuration configuration = open.remove();
            for (PlainCall candidate : candidates(configuration)) {
                candidate
                        .applied(configuration.state())
                        .map(state -> configuration.after(candidate, state))
                        .ifPresent(then -> {
                            if (candidate.id() == call.id()) {
                                next.add(then.returned(call));
                            } else if (seen.add(then)) {
                                open.add(then);
                            }
                        });
            }
            requireBounded(seen.size + next.size, call);
        }
        if (next.isEmpty()) {
            throw new HistoryViolation("not linearizable: of " + frontier.size()
                    + " states that explain everything before, such as "
                    + frontier.getFirst().state()
                    + ", none explains " + call.original());
        }
        pending.remove(call.id());
        frontier = next.all();
        forgetWhatAllHaveDone();
    }

    /** Of unknown calls that ask for the same, the first is as good as any other. */
    private List<PlainCall> candidates(Configuration configuration) {
        List<PlainCall> candidates = new ArrayList<>();
        Set<Operation> unknown = new HashSet<>();
        for (PlainCall call : pending.values()) {
            if (!configuration.hasDone(call) && (!call.isUnknown() || unknown.add(call.operation()))) {
                candidates.add(call);
            }
        }
        return candidates;
    }

    private void forgetWhatAllHaveDone() {
        Set<Integer> common = new HashSet<>(frontier.getFirst().unknown());
        frontier.forEach(configuration -> common.retainAll(configuration.unknown()));
        if (!common.isEmpty()) {
            pending.keySet().removeAll(common);
            frontier = frontier.stream()
                    .map(configuration -> configuration.withoutUnknown(common))
                    .toList();
        }
    }

    private static void requireBounded(int configurations, PlainCall call) throws HistoryViolation {
        if (configurations > MAX_CONFIGURATIONS) {
            throw new HistoryViolation("undecided: more than " + MAX_CONFIGURATIONS + " possibilities at "
                    + call.original() + "; spread the calls over more groups of keys");
        }
    }
}
