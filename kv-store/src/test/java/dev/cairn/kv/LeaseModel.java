package dev.cairn.kv;

import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;

/** Leases and keys as plainly as they can be written: two maps, and a search through all of them. */
final class LeaseModel {
    record Term(long seconds, long endMillis) {}

    /** @param named the lease that its newest version names; {@code attached} if it ends with that */
    record Held(long named, boolean attached) {}

    final NavigableMap<Long, Term> leases = new TreeMap<>();
    final NavigableMap<String, Held> keys = new TreeMap<>();
    long revision = 1;
    boolean isGuarded;
    private long clockMillis;

    /** What the block deleted, in its order: key@revision. */
    final List<String> deleted = new ArrayList<>();

    void begin(long moreMillis) {
        deleted.clear();
        clockMillis += Math.min(1000, moreMillis);
    }

    Outcome perform(Operation operation) {
        return switch (operation) {
            case LeaseOperation.Grant(long id, long _) when leases.containsKey(id) -> failed(KvError.LEASE_EXISTS);
            case LeaseOperation.Grant(long id, long asked) -> {
                long seconds = Math.max(2, asked);
                leases.put(id, new Term(seconds, clockMillis + 1000 * seconds));
                yield new LeaseOutcome.Granted(revision, id, seconds);
            }
            case LeaseOperation.Revoke(long id) -> {
                if (!leases.containsKey(id)) {
                    yield failed(KvError.LEASE_NOT_FOUND);
                }
                end(id);
                yield new LeaseOutcome.Revoked(revision);
            }
            case LeaseOperation.KeepAlive(List<Long> ids) -> {
                ids.forEach(id -> leases.computeIfPresent(
                        id, (_, term) -> new Term(term.seconds(), clockMillis + 1000 * term.seconds())));
                yield new LeaseOutcome.KeptAlive(
                        revision,
                        ids.stream()
                                .map(id ->
                                        leases.getOrDefault(id, new Term(0, 0)).seconds())
                                .toList());
            }
            case Operation.Put put -> put(put);
            case Operation.DeleteRange delete -> {
                boolean isThere = keys.containsKey(delete.key().toUtf8());
                if (isOff(delete.key())) {
                    yield failed(KvError.GUARDED);
                }
                keys.remove(delete.key().toUtf8());
                if (isThere) {
                    revision++;
                    deleted.add(delete.key().toUtf8() + "@" + revision);
                }
                yield new Outcome.Deleted(revision, isThere ? 1 : 0, List.of());
            }
            default -> throw new AssertionError("nobody draws " + operation);
        };
    }

    private Outcome put(Operation.Put put) {
        String key = put.key().toUtf8();
        if (isOff(put.key())) {
            return failed(KvError.GUARDED);
        }
        if (put.lease() != 0 && !leases.containsKey(put.lease())) {
            return failed(KvError.LEASE_NOT_FOUND);
        }
        Optional<Held> before = Optional.ofNullable(keys.get(key));
        if (put.ignoreLease() && before.isEmpty()) {
            return failed(KvError.KEY_NOT_FOUND);
        }
        long kept = before.filter(Held::attached).map(Held::named).orElse(0L);
        long lease = put.ignoreLease() ? kept : put.lease();
        keys.put(key, new Held(lease, lease != 0));
        return new Outcome.Put(++revision, Optional.empty());
    }

    void expire() {
        leases.entrySet().stream()
                .filter(each -> each.getValue().endMillis() <= clockMillis)
                .sorted(Comparator.<Map.Entry<Long, Term>>comparingLong(
                                each -> each.getValue().endMillis())
                        .thenComparing((one, other) -> Long.compareUnsigned(one.getKey(), other.getKey())))
                .map(Map.Entry::getKey)
                .toList()
                .forEach(this::end);
    }

    private void end(long id) {
        leases.remove(id);
        List<String> doomed = new ArrayList<>();
        for (String key : List.copyOf(keys.keySet())) {
            Held held = keys.get(key);
            if (held != null && held.attached() && held.named() == id) {
                if (isOff(Bytes.utf8(key))) {
                    keys.put(key, new Held(id, false));
                } else {
                    doomed.add(key);
                }
            }
        }
        revision += doomed.isEmpty() ? 0 : 1;
        for (String key : doomed) {
            keys.remove(key);
            deleted.add(key + "@" + revision);
        }
    }

    List<String> keysOf(long id) {
        return keys.entrySet().stream()
                .filter(each -> each.getValue().attached() && each.getValue().named() == id)
                .map(Map.Entry::getKey)
                .toList();
    }

    long remainingMillis(long id) {
        return Objects.requireNonNull(leases.get(id)).endMillis() - clockMillis;
    }

    private boolean isOff(Bytes key) {
        return isGuarded && key.toUtf8().startsWith("g/");
    }

    private Outcome failed(KvError error) {
        return new Outcome.Failed(revision, error);
    }
}
