package dev.cairn.kv.audit;

import dev.cairn.kv.change.Change;
import dev.cairn.kv.change.LedgerKeys;
import dev.cairn.kv.change.SignedText;
import dev.cairn.kv.model.KeyEvent;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Space;
import dev.cairn.protocol.model.Bytes;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The executed changes whose records must be there, and what is left of each in the keys that it put. */
final class ExecutedChanges {
    /** @param left so many keys still hold what the change put */
    private record Known(Bytes record, boolean isOfKeys, long expiresSeconds, long left) {
        Known without(long gone) {
            return new Known(record, isOfKeys, expiresSeconds, left - gone);
        }
    }

    private final Map<Long, Known> byRevision = new LinkedHashMap<>();
    private final Map<Bytes, Long> revisions = new LinkedHashMap<>();
    private long passed;

    void executed(SignedText text, long revision, List<KeyEvent> writes) {
        Bytes record = LedgerKeys.settled(text.digest());
        long puts = writes.stream()
                .map(KeyEvent::change)
                .filter(version -> version.isLive() && Space.CLIENTS.holds(version.treeKey()))
                .count();
        byRevision.put(revision, new Known(record, text instanceof Change, text.expiresSeconds(), puts));
        revisions.put(record, revision);
    }

    /** A signed compaction lets changes below that revision be forgotten. */
    void compacted(long revision) {
        passed = Math.max(passed, revision);
    }

    /** Every write, of whatever kind, with the keys as they were before all of them. */
    void written(List<KeyEvent> writes, StateBefore before) {
        for (KeyEvent event : writes) {
            if (Space.CLIENTS.holds(event.change().treeKey())) {
                before.live(event.change().treeKey())
                        .map(KeyVersion::modRevision)
                        .ifPresent(made -> byRevision.computeIfPresent(made, (_, known) -> known.without(1)));
            } else if (!event.isPut()) {
                Optional.ofNullable(revisions.remove(event.change().key())).ifPresent(byRevision::remove);
            }
        }
    }

    /** Whether the ledger must still hold a record of that key. */
    boolean mustKeep(Bytes record, long nowSeconds) {
        Optional<Long> revision = LedgerKeys.ALL_LOGGED.contains(record)
                ? Optional.of(LedgerKeys.loggedRevision(record))
                : Optional.ofNullable(revisions.get(record));
        return revision.map(made -> mustKeep(made, nowSeconds)).orElse(false);
    }

    private boolean mustKeep(long revision, long nowSeconds) {
        Known known = byRevision.get(revision);
        return known != null
                && !(known.isOfKeys()
                        && known.left() == 0
                        && known.expiresSeconds() <= nowSeconds
                        && revision < passed);
    }
}
