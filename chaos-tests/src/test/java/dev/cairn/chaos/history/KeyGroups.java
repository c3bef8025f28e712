package dev.cairn.chaos.history;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Parts a history into groups of calls that have no key in common. Linearizability is local (Herlihy and Wing, 1990): a
 * history is linearizable if and only if each group is.
 */
final class KeyGroups {
    private final Map<String, String> parents = new HashMap<>();

    private KeyGroups() {}

    static List<List<Call>> of(List<Call> calls) {
        KeyGroups groups = new KeyGroups();
        TreeSet<String> keys = new TreeSet<>();
        calls.forEach(call -> keysNamed(call.operation()).forEach(keys::add));
        for (Call call : calls) {
            List<String> touched = touched(call.operation(), keys);
            touched.forEach(key -> groups.join(touched.getFirst(), key));
        }
        Map<String, List<Call>> parts = new TreeMap<>();
        for (Call call : calls) {
            // A range over nothing that anyone named has a group of its own.
            String any = touched(call.operation(), keys).stream().findFirst().orElse("");
            parts.computeIfAbsent(groups.root(any), _ -> new ArrayList<>()).add(call);
        }
        return List.copyOf(parts.values());
    }

    private static Stream<String> keysNamed(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> Stream.of(put.key());
            case Operation.Delete delete -> Stream.of(delete.key());
            case Operation.Get get -> Stream.of(get.key());
            case Operation.Range _ -> Stream.empty();
            case Operation.Txn txn ->
                Stream.concat(txn.guards().stream().map(Operation.Guard::key), txn.puts().keySet().stream());
        };
    }

    private static List<String> touched(Operation operation, NavigableSet<String> keys) {
        return operation instanceof Operation.Range range
                ? keys.tailSet(range.prefix()).stream()
                        .takeWhile(key -> key.startsWith(range.prefix()))
                        .toList()
                : keysNamed(operation).toList();
    }

    private String root(String key) {
        String root = key;
        for (String parent = parents.get(root); parent != null; parent = parents.get(root)) {
            root = parent;
        }
        return root;
    }

    private void join(String one, String other) {
        String a = root(one);
        String b = root(other);
        if (!a.equals(b)) {
            parents.put(b, a);
        }
    }
}
