package dev.cairn.chaos.kvworlds;

import dev.cairn.chaos.history.Operation;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * Draws what clients ask for. Keys come in groups that no call crosses: the clients of a world do not wait for each
 * other, and how long a judge searches grows with the calls that overlap on one group.
 */
final class Wishes {
    private static final int GROUPS = 16;

    private final SplittableRandom random;

    /** What was last asked to be put at a key: a guess at its value that holds often, and often not. */
    private final Map<String, String> likely = new HashMap<>();

    Wishes(SplittableRandom random) {
        this.random = random;
    }

    /** A write of values that no other number gives. */
    Operation write(int number) {
        String group = group();
        String key = key(group);
        String value = "v" + number;
        return switch (random.nextInt(6)) {
            case 0 -> new Operation.Delete(key);
            case 1, 2 -> {
                Operation.Guard guard = new Operation.Guard(key, Optional.ofNullable(likely.get(key)));
                String other = key(group);
                yield put(new Operation.Txn(List.of(guard), new TreeMap<>(Map.of(other, value))));
            }
            default -> put(new Operation.Put(key, value));
        };
    }

    Operation read() {
        String group = group();
        return random.nextBoolean() ? new Operation.Get(key(group)) : new Operation.Range(group);
    }

    private Operation put(Operation operation) {
        likely.putAll(operation.writes());
        return operation;
    }

    private String group() {
        return "g" + random.nextInt(GROUPS) + "/";
    }

    private String key(String group) {
        return group + (random.nextBoolean() ? "a" : "b");
    }
}
