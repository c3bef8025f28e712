package dev.cairn.chaos.history;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * A call as {@link Linearizability} sees it: without revisions, and with all values that no answer and no guard ever
 * names made one, for no observation can tell them apart.
 */
record PlainCall(Call original, Operation operation) {
    private static final String NEVER_SEEN = "(a value that nobody saw)";

    static List<PlainCall> of(List<Call> calls) {
        Set<String> seen = new HashSet<>();
        calls.forEach(call -> namedBy(call).forEach(seen::add));
        return calls.stream()
                .map(call -> new PlainCall(call, withoutUnseen(call.operation(), seen)))
                .toList();
    }

    private static Stream<String> namedBy(Call call) {
        Stream<String> guards = call.operation() instanceof Operation.Txn txn
                ? txn.guards().stream().flatMap(guard -> guard.value().stream())
                : Stream.empty();
        return call.outcome() instanceof Outcome.Answered answered
                ? Stream.concat(guards, namedBy(answered.answer()))
                : guards;
    }

    private static Stream<String> namedBy(Outcome.Answer answer) {
        return switch (answer) {
            case Outcome.PutDone(Optional<Entry> previous) -> previous.stream().map(Entry::value);
            case Outcome.DeleteDone(Optional<Entry> previous) ->
                previous.stream().map(Entry::value);
            case Outcome.Found(SortedMap<String, Entry> entries) -> values(entries.values());
            case Outcome.TxnDone _ -> Stream.empty();
        };
    }

    private static Stream<String> values(Collection<Entry> entries) {
        return entries.stream().map(Entry::value);
    }

    private static Operation withoutUnseen(Operation operation, Set<String> seen) {
        return switch (operation) {
            case Operation.Put put -> seen.contains(put.value()) ? put : new Operation.Put(put.key(), NEVER_SEEN);
            case Operation.Txn txn -> {
                SortedMap<String, String> puts = new TreeMap<>(txn.puts());
                puts.replaceAll((_, value) -> seen.contains(value) ? value : NEVER_SEEN);
                yield new Operation.Txn(txn.guards(), puts);
            }
            case Operation.Delete _, Operation.Get _, Operation.Range _ -> operation;
        };
    }

    int id() {
        return original.id();
    }

    long invokedNanos() {
        return original.invokedNanos();
    }

    long returnedNanos() {
        return original.outcome() instanceof Outcome.Answered answered ? answered.returnedNanos() : Long.MAX_VALUE;
    }

    boolean isUnknown() {
        return original.outcome() instanceof Outcome.Unknown;
    }

    /** The state after it, if {@code state} can have led to its answer; for an unknown one, if it changes anything. */
    Optional<Map<String, String>> applied(Map<String, String> state) {
        Optional<Map<String, String>> next = switch (operation) {
            case Operation.Put put -> Optional.of(with(state, Map.of(put.key(), put.value())));
            case Operation.Delete delete ->
                state.containsKey(delete.key()) ? Optional.of(without(state, delete.key())) : Optional.empty();
            case Operation.Txn txn -> holds(txn, state) ? Optional.of(with(state, txn.puts())) : Optional.empty();
            case Operation.Get _, Operation.Range _ -> Optional.empty();
        };
        return original.outcome() instanceof Outcome.Answered answered
                ? Optional.of(next.orElse(state)).filter(_ -> explains(answered.answer(), state))
                : next.filter(changed -> !changed.equals(state));
    }

    private boolean explains(Outcome.Answer answer, Map<String, String> state) {
        return switch (operation) {
            case Operation.Put put -> previous(answer).equals(Optional.ofNullable(state.get(put.key())));
            case Operation.Delete delete -> previous(answer).equals(Optional.ofNullable(state.get(delete.key())));
            case Operation.Txn txn -> answer.equals(new Outcome.TxnDone(holds(txn, state)));
            case Operation.Get get -> found(answer).equals(only(state, get.key(), true));
            case Operation.Range range -> found(answer).equals(only(state, range.prefix(), false));
        };
    }

    private static Optional<String> previous(Outcome.Answer answer) {
        return switch (answer) {
            case Outcome.PutDone(Optional<Entry> previous) -> previous.map(Entry::value);
            case Outcome.DeleteDone(Optional<Entry> previous) -> previous.map(Entry::value);
            case Outcome.Found _, Outcome.TxnDone _ -> throw new IllegalArgumentException("not the answer to a write");
        };
    }

    private static Map<String, String> found(Outcome.Answer answer) {
        if (!(answer instanceof Outcome.Found(SortedMap<String, Entry> entries))) {
            throw new IllegalArgumentException("not the answer to a read: " + answer);
        }
        Map<String, String> values = new HashMap<>();
        entries.forEach((key, entry) -> values.put(key, entry.value()));
        return values;
    }

    private static boolean holds(Operation.Txn txn, Map<String, String> state) {
        return txn.guards().stream()
                .allMatch(guard -> Optional.ofNullable(state.get(guard.key())).equals(guard.value()));
    }

    private static Map<String, String> only(Map<String, String> state, String prefix, boolean one) {
        Map<String, String> found = new HashMap<>(state);
        found.keySet().removeIf(key -> one ? !key.equals(prefix) : !key.startsWith(prefix));
        return found;
    }

    private static Map<String, String> with(Map<String, String> state, Map<String, String> puts) {
        Map<String, String> next = new HashMap<>(state);
        next.putAll(puts);
        return next;
    }

    private static Map<String, String> without(Map<String, String> state, String key) {
        Map<String, String> next = new HashMap<>(state);
        next.remove(key);
        return next;
    }
}
