package dev.cairn.chaos.history;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Judges a history by its claims. The log is what a watcher of everything was told; then each revision must have exactly
 * one cause among the calls, each answer must be true of the state at the revision it names, other watchers must have
 * seen the same log, and revisions must not contradict real time. Given the log there is one order only, so nothing is
 * searched: time grows with n log n.
 */
final class RevisionOrder {
    /** What etcd calls an empty store. */
    private static final long EMPTY_REVISION = 1;

    private final History history;
    private final List<Call> calls;
    private final TreeMap<Long, List<Change>> log = new TreeMap<>();
    private final Map<String, Call> writers = new HashMap<>();

    /** Where each call that changed something stands in the log, as far as that is known. */
    private final Map<Integer, Long> placed = new HashMap<>();

    /** Deletions that no acknowledged call explains. */
    private final List<Change> unclaimedDeletions = new ArrayList<>();

    private RevisionOrder(History history) {
        this.history = history;
        this.calls = Stream.concat(
                        history.calls().stream(),
                        history.serializable().stream().map(RevisionOrder::ofAnyAge))
                .toList();
    }

    /** A call that may be answered from any earlier state is as one that began before all others. */
    private static Call ofAnyAge(Call call) {
        return new Call(call.id(), Long.MIN_VALUE, call.operation(), call.outcome());
    }

    static void check(History history) throws HistoryViolation {
        RevisionOrder order = new RevisionOrder(history);
        order.indexWriters();
        order.readLog();
        order.compareWatchers();
        order.replay();
        order.requireRealTime();
    }

    private void indexWriters() {
        for (Call call : calls) {
            for (String value : call.operation().writes().values()) {
                Call other = writers.put(value, call);
                if (other != null && other.id() != call.id()) {
                    throw new IllegalArgumentException("two calls write " + value);
                }
            }
        }
    }

    private void readLog() throws HistoryViolation {
        long last = lastClaim();
        WatchStream whole = history.watches().stream()
                .filter(stream -> stream.prefix().isEmpty()
                        && stream.fromRevision() <= EMPTY_REVISION + 1
                        && stream.toRevision() >= last)
                .findFirst()
                .orElseThrow(() -> new HistoryViolation("no watcher saw every revision up to " + last));
        whole.changes()
                .forEach(change -> log.computeIfAbsent(change.revision(), _ -> new ArrayList<>())
                        .add(change));
        long known = EMPTY_REVISION;
        for (long revision : log.keySet()) {
            long expected = known + 1;
            require(revision == expected, () -> "the log has a gap: no change at revision " + expected);
            known = revision;
        }
        long end = known;
        require(end >= last, () -> "an answer names revision " + last + ", but nothing is known after " + end);
    }

    private long lastClaim() {
        return calls.stream()
                .map(Call::outcome)
                .mapToLong(outcome -> outcome instanceof Outcome.Answered answered ? answered.revision() : 0)
                .max()
                .orElse(0);
    }

    private void compareWatchers() throws HistoryViolation {
        for (WatchStream stream : history.watches()) {
            List<Change> expected = log
                    .subMap(stream.fromRevision(), true, Math.max(stream.fromRevision(), stream.toRevision()), true)
                    .values()
                    .stream()
                    .flatMap(List::stream)
                    .filter(change ->
                            change.key().startsWith(stream.prefix()) && change.revision() <= stream.toRevision())
                    .toList();
            for (int at = 0; at < Math.max(expected.size(), stream.changes().size()); at++) {
                int i = at;
                Optional<Change> wanted = at(expected, i);
                Optional<Change> seen = at(stream.changes(), i);
                require(
                        wanted.equals(seen),
                        () -> stream.watcher() + " (\"" + stream.prefix() + "\" from " + stream.fromRevision()
                                + ") saw as event " + i + " " + seen + " where the log has " + wanted);
            }
        }
    }

    private static Optional<Change> at(List<Change> changes, int index) {
        return index < changes.size() ? Optional.of(changes.get(index)) : Optional.empty();
    }

    /** From one revision to the next, each with its cause, then all answers that name this revision. */
    private void replay() throws HistoryViolation {
        Map<Long, List<Call>> answers = calls.stream()
                .filter(call -> call.outcome() instanceof Outcome.Answered)
                .collect(Collectors.groupingBy(RevisionOrder::claim));
        TreeMap<String, Entry> state = new TreeMap<>();
        for (long revision = 0; revision <= EMPTY_REVISION; revision++) {
            judge(answers.remove(revision), Map.of(), state);
        }
        for (Map.Entry<Long, List<Change>> step : log.entrySet()) {
            TreeMap<String, Entry> before = new TreeMap<>(state);
            for (Change change : step.getValue()) {
                apply(change, state);
            }
            attribute(step.getKey(), step.getValue(), before, answers.getOrDefault(step.getKey(), List.of()));
            judge(answers.remove(step.getKey()), before, state);
        }
        for (Call call : calls) {
            if (isEffective(call)) {
                require(placed.containsKey(call.id()), () -> call + " was acknowledged, and the log does not have it");
            }
        }
    }

    private static long claim(Call call) {
        return call.outcome() instanceof Outcome.Answered answered ? answered.revision() : 0;
    }

    private static void apply(Change change, NavigableMap<String, Entry> state) throws HistoryViolation {
        Optional<Entry> before = Optional.ofNullable(state.get(change.key()));
        require(before.equals(change.previous()), () -> change + " replaced " + before);
        if (change.now().isEmpty()) {
            require(state.remove(change.key()) != null, () -> change + " deleted nothing");
            return;
        }
        Entry now = change.now().get();
        Entry expected = new Entry(
                now.value(),
                before.map(Entry::createRevision).orElse(change.revision()),
                change.revision(),
                before.map(Entry::version).orElse(0L) + 1);
        require(now.equals(expected), () -> change + " should be " + expected);
        state.put(change.key(), now);
    }

    /** Finds the one call that made all these changes and no others. */
    private void attribute(long revision, List<Change> changes, Map<String, Entry> before, List<Call> claimants)
            throws HistoryViolation {
        Map<String, String> written = new HashMap<>();
        Set<String> keys = new HashSet<>();
        for (Change change : changes) {
            require(keys.add(change.key()), () -> "revision " + revision + " changes " + change.key() + " twice");
            change.now().ifPresent(now -> written.put(change.key(), now.value()));
        }
        if (written.isEmpty()) {
            require(changes.size() == 1, () -> "revision " + revision + " deletes more than any call: " + changes);
            Change deletion = changes.getFirst();
            claimants.stream()
                    .filter(call -> isEffective(call) && call.operation().equals(new Operation.Delete(deletion.key())))
                    .findFirst()
                    .ifPresentOrElse(call -> placed.put(call.id(), revision), () -> unclaimedDeletions.add(deletion));
            return;
        }
        Call writer = writerOf(written, revision);
        require(
                keys.equals(written.keySet()) && writer.operation().writes().equals(written),
                () -> "revision " + revision + " has " + written + ", but " + writer);
        require(
                guardsHold(writer.operation(), before),
                () -> "revision " + revision + ": the guards did not hold of " + writer);
        Long earlier = placed.put(writer.id(), revision);
        require(earlier == null, () -> writer + " was done twice, at revisions " + earlier + " and " + revision);
        require(
                writer.outcome() instanceof Outcome.Unknown || (isEffective(writer) && claim(writer) == revision),
                () -> "the log has at revision " + revision + " " + writer);
    }

    private Call writerOf(Map<String, String> written, long revision) throws HistoryViolation {
        String value = written.values().iterator().next();
        Call writer = writers.get(value);
        if (writer == null) {
            throw new HistoryViolation("revision " + revision + " has " + value + ", which nobody wrote");
        }
        return writer;
    }

    private static boolean guardsHold(Operation operation, Map<String, Entry> state) {
        return !(operation instanceof Operation.Txn txn)
                || txn.guards().stream()
                        .allMatch(guard -> Optional.ofNullable(state.get(guard.key()))
                                .map(Entry::value)
                                .equals(guard.value()));
    }

    /** Whether it was acknowledged that the call changed something. */
    private static boolean isEffective(Call call) {
        return call.outcome() instanceof Outcome.Answered answered
                && switch (answered.answer()) {
                    case Outcome.PutDone _ -> true;
                    case Outcome.DeleteDone done -> done.previous().isPresent();
                    case Outcome.TxnDone done -> done.succeeded();
                    case Outcome.Found _ -> false;
                };
    }

    private void judge(@Nullable List<Call> calls, Map<String, Entry> before, NavigableMap<String, Entry> state)
            throws HistoryViolation {
        for (Call call : calls == null ? List.<Call>of() : calls) {
            if (isEffective(call)) {
                require(
                        placed.getOrDefault(call.id(), 0L) == claim(call),
                        () -> "the log does not have at revision " + claim(call) + " " + call);
            }
            require(isTrue(call, before, state), () -> "before it " + before + ", then " + state + "; untrue: " + call);
        }
    }

    private static boolean isTrue(Call call, Map<String, Entry> before, NavigableMap<String, Entry> state) {
        if (!(call.outcome() instanceof Outcome.Answered answered)) {
            return true;
        }
        return switch (call.operation()) {
            case Operation.Put put ->
                answered.answer().equals(new Outcome.PutDone(Optional.ofNullable(before.get(put.key()))));
            case Operation.Delete delete ->
                answered.answer()
                        .equals(new Outcome.DeleteDone(
                                Optional.ofNullable((isEffective(call) ? before : state).get(delete.key()))));
            case Operation.Get get -> answered.answer().equals(new Outcome.Found(keysFrom(state, get.key(), true)));
            case Operation.Range range ->
                answered.answer().equals(new Outcome.Found(keysFrom(state, range.prefix(), false)));
            case Operation.Txn txn ->
                answered.answer().equals(new Outcome.TxnDone(guardsHold(txn, isEffective(call) ? before : state)));
        };
    }

    private static NavigableMap<String, Entry> keysFrom(NavigableMap<String, Entry> state, String prefix, boolean one) {
        TreeMap<String, Entry> found = new TreeMap<>(state);
        found.keySet().removeIf(key -> one ? !key.equals(prefix) : !key.startsWith(prefix));
        return found;
    }

    /** A call that began after another had returned must not stand before it. */
    private void requireRealTime() throws HistoryViolation {
        List<Call> returned = calls.stream()
                .filter(call -> call.outcome() instanceof Outcome.Answered)
                .sorted(Comparator.comparingLong(RevisionOrder::returnedNanos))
                .toList();
        List<Call> invoked = calls.stream()
                .sorted(Comparator.comparingLong(Call::invokedNanos))
                .toList();
        Map<String, List<Long>> openDeletions = new HashMap<>();
        int next = 0;
        long floor = 0;
        for (Call call : invoked) {
            while (next < returned.size() && returnedNanos(returned.get(next)) < call.invokedNanos()) {
                floor = Math.max(floor, claim(returned.get(next++)));
            }
            Long place = placed.get(call.id());
            if (place != null) {
                requireAfter(floor, place > floor, call);
            } else if (call.outcome() instanceof Outcome.Answered) {
                requireAfter(floor, claim(call) >= floor, call);
            } else if (call.operation() instanceof Operation.Delete delete) {
                openDeletions
                        .computeIfAbsent(delete.key(), _ -> new ArrayList<>())
                        .add(floor);
            }
        }
        explainDeletions(openDeletions);
    }

    private static void requireAfter(long floor, boolean condition, Call call) throws HistoryViolation {
        require(condition, () -> "revision " + floor + " was known before it began: " + call);
    }

    private static long returnedNanos(Call call) {
        return call.outcome() instanceof Outcome.Answered answered ? answered.returnedNanos() : Long.MAX_VALUE;
    }

    /**
     * Each unclaimed deletion needs an unanswered call of its own, which began when neither it nor a later revision was
     * known. In the order of revisions, a call that may explain one deletion may explain all later ones: any will do.
     */
    private void explainDeletions(Map<String, List<Long>> floors) throws HistoryViolation {
        for (Change deletion : unclaimedDeletions) {
            List<Long> open = floors.getOrDefault(deletion.key(), List.of());
            require(!open.isEmpty() && open.getFirst() < deletion.revision(), () -> "no call explains " + deletion);
            open.removeFirst();
        }
    }

    private static void require(boolean condition, Supplier<String> otherwise) throws HistoryViolation {
        if (!condition) {
            throw new HistoryViolation(otherwise.get());
        }
    }
}
