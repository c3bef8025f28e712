package dev.cairn.kv.audit;

import dev.cairn.kv.KvState;
import dev.cairn.kv.LeaseView;
import dev.cairn.kv.change.ChangeText;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.LeaseOutcome;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a block writes of keys though no operation asks for it is the end of one lease: it deletes keys that were
 * attached to it, and the lease was granted, and not kept alive since, for as long as it was to live. A revocation
 * deletes likewise the keys of its lease alone. Follows the leases by what was asked and answered; the clock is its
 * own.
 */
final class LeasesRunOut {
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    /** @param sinceNanos what the clock showed when it was granted, or kept alive last */
    private record Term(long seconds, long sinceNanos) {}

    private final Map<Long, Term> terms = new LinkedHashMap<>();
    private long clockNanos;
    private long blockNanos;

    /** A block of that time comes. */
    void begin(long timeNanos) {
        clockNanos += Math.min(NANOS_PER_SECOND, Math.max(0, timeNanos - blockNanos));
        blockNanos = timeNanos;
    }

    void answered(Operation operation, Outcome outcome) {
        if (outcome instanceof LeaseOutcome.Granted(long _, long id, long seconds)) {
            terms.put(id, new Term(seconds, clockNanos));
        } else if (outcome instanceof LeaseOutcome.KeptAlive
                && operation instanceof LeaseOperation.KeepAlive(List<Long> ids)) {
            ids.forEach(id -> terms.computeIfPresent(id, (_, term) -> new Term(term.seconds(), clockNanos)));
        } else if (outcome instanceof LeaseOutcome.Revoked && operation instanceof LeaseOperation.Revoke(long id)) {
            terms.remove(id);
        }
    }

    /** Those without keys leave no trace but that they are gone. */
    void end(KvState after) {
        LeaseView leases = new LeaseView(after);
        terms.entrySet()
                .removeIf(each ->
                        isOver(each.getValue()) && leases.find(each.getKey()).isEmpty());
    }

    private boolean isOver(Term term) {
        return (clockNanos - term.sinceNanos()) / NANOS_PER_SECOND >= term.seconds();
    }

    /** Of writes, at least one of them of a key, that no operation asked for. */
    Optional<String> broken(List<KeyEvent> writes) {
        long lease = writes.stream()
                .flatMap(event -> event.previous().stream())
                .findFirst()
                .map(version -> version.lease())
                .orElse(0L);
        Optional<String> broken = broken(lease, writes);
        if (broken.isPresent()) {
            return broken;
        }
        Term term = terms.remove(lease);
        return term != null && isOver(term)
                ? Optional.empty()
                : Optional.of("the keys of lease " + Long.toHexString(lease) + " were deleted, and it was not over");
    }

    /** Of writes that only end a lease. */
    static Optional<String> broken(long lease, List<KeyEvent> writes) {
        return writes.stream()
                .filter(event -> !isEndOf(lease, event))
                .findFirst()
                .map(event -> "key " + ChangeText.printKey(event.change().key()) + " was "
                        + (event.isPut() ? "put" : "deleted") + ", and nobody asked for that");
    }

    private static boolean isEndOf(long lease, KeyEvent event) {
        return lease != 0
                && !event.isPut()
                && Space.CLIENTS.holds(event.change().treeKey())
                && event.previous().filter(version -> version.lease() == lease).isPresent();
    }
}
