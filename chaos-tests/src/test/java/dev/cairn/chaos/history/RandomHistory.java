package dev.cairn.chaos.history;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;

/**
 * A history that did happen: clients call a {@link TrueStore}, each operation takes effect at one moment between its
 * beginning and its end, and some answers are lost, before the effect or after it.
 */
final class RandomHistory {
    private static final int LOST_PER_CENT = 3;

    private record Open(int id, long invokedNanos, Operation operation, Optional<Outcome.Answered> outcome) {}

    private final SplittableRandom random;
    private final int groups;
    private final TrueStore store = new TrueStore();
    private final List<Call> calls = new ArrayList<>();
    private final List<Open> lost = new ArrayList<>();
    private final List<Optional<Open>> clients;
    private long nanos;
    private int ids;

    private RandomHistory(long seed, int clients, int groups) {
        this.random = new SplittableRandom(seed);
        this.groups = groups;
        this.clients = new ArrayList<>(Collections.nCopies(clients, Optional.empty()));
    }

    static History of(long seed, int clients, int groups, int operations) {
        RandomHistory history = new RandomHistory(seed, clients, groups);
        while (history.ids < operations) {
            history.goOn();
        }
        history.clients.forEach(client -> client.ifPresent(history::lose));
        history.lost.forEach(open -> history.record(open, new Outcome.Unknown()));
        TrueStore store = history.store;
        long middle = Math.max(1, store.revision() / 2);
        return new History(
                history.calls, List.of(store.watched("", 1), store.watched("g0/", middle), store.watched("g0/a", 1)));
    }

    private void goOn() {
        nanos++;
        if (!lost.isEmpty() && random.nextInt(20) == 0) {
            Open late = lost.get(random.nextInt(lost.size()));
            if (late.outcome().isEmpty()) {
                lost.remove(late);
                lost.add(done(late));
            }
        }
        int turn = random.nextInt(clients.size());
        clients.set(turn, next(clients.get(turn)));
    }

    private Optional<Open> next(Optional<Open> client) {
        if (client.isEmpty()) {
            return Optional.of(new Open(ids, nanos, operation(ids++), Optional.empty()));
        }
        Open open = client.get();
        if (random.nextInt(100) < LOST_PER_CENT) {
            lose(open);
            return Optional.empty();
        }
        if (open.outcome().isEmpty()) {
            return Optional.of(done(open));
        }
        Outcome.Answered answered = open.outcome().get();
        record(open, new Outcome.Answered(nanos, answered.revision(), answered.answer()));
        return Optional.empty();
    }

    private Open done(Open open) {
        return new Open(
                open.id(), open.invokedNanos(), open.operation(), Optional.of(store.execute(open.operation(), nanos)));
    }

    private void lose(Open open) {
        lost.add(open);
    }

    private void record(Open open, Outcome outcome) {
        calls.add(new Call(open.id(), open.invokedNanos(), open.operation(), outcome));
    }

    private String key(int group) {
        return "g" + group + "/" + (char) ('a' + random.nextInt(3));
    }

    private Operation operation(int id) {
        int group = random.nextInt(groups);
        String key = key(group);
        String value = "v" + id;
        return switch (random.nextInt(8)) {
            case 0, 1, 2 -> new Operation.Put(key, value);
            case 3, 4 -> new Operation.Get(key);
            case 5 -> new Operation.Range("g" + group + "/");
            case 6 -> new Operation.Delete(key);
            default -> {
                Optional<String> likely = store.entry(key).map(Entry::value);
                Map<String, String> puts = new TreeMap<>(Map.of(key(group), value, key(group) + "x", value + "x"));
                yield new Operation.Txn(List.of(new Operation.Guard(key, likely)), new TreeMap<>(puts));
            }
        };
    }
}
