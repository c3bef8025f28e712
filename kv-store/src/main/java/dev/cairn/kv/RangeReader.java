package dev.cairn.kv;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.tree.TreeEditor;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.function.Predicate;

/** Answers a Range as etcd does: span, then filters, then sort, then limit; the count knows neither filter nor limit. */
final class RangeReader {

    /** Where the current keys come from: a sealed tree, or one that is being edited. */
    interface Source {
        long liveCount(KeySpan treeSpan);

        void forEach(KeySpan treeSpan, Predicate<KeyVersion> visitor);

        static Source of(dev.cairn.kv.tree.Tree tree) {
            return new Source() {
                @Override
                public long liveCount(KeySpan treeSpan) {
                    return tree.liveCount(treeSpan);
                }

                @Override
                public void forEach(KeySpan treeSpan, Predicate<KeyVersion> visitor) {
                    tree.forEach(treeSpan, visitor);
                }
            };
        }

        static Source of(TreeEditor editor) {
            return new Source() {
                @Override
                public long liveCount(KeySpan treeSpan) {
                    return editor.liveCount(treeSpan);
                }

                @Override
                public void forEach(KeySpan treeSpan, Predicate<KeyVersion> visitor) {
                    editor.forEach(treeSpan, visitor);
                }
            };
        }
    }

    private final Source current;
    private final Unpersisted unpersisted;
    private final History history;
    private final Limits limits;

    RangeReader(Source current, Unpersisted unpersisted, History history, Limits limits) {
        this.current = current;
        this.unpersisted = unpersisted;
        this.history = history;
        this.limits = limits;
    }

    /** {@code revision} is the store's now; nothing at or above it is older than the current keys. */
    Outcome read(Operation.Range range, long revision, long compactRevision) {
        Optional<KvError> error = checkRevision(range.revision(), revision, compactRevision);
        if (error.isPresent()) {
            return new Outcome.Failed(revision, error.get());
        }
        KeySpan span = Space.CLIENTS.treeSpan(KeySpan.of(range.key(), range.rangeEnd()));
        boolean isPast = range.revision() > 0 && range.revision() < revision;
        Collected collected = isPast ? collectPast(range, span) : collectCurrent(range, span);
        if (collected.overCap) {
            return new Outcome.Failed(revision, KvError.TOO_COSTLY);
        }
        return collected.answer(range, revision);
    }

    static Optional<KvError> checkRevision(long asked, long revision, long compactRevision) {
        if (asked > revision) {
            return Optional.of(KvError.FUTURE_REVISION);
        }
        return asked > 0 && asked < compactRevision ? Optional.of(KvError.COMPACTED) : Optional.empty();
    }

    /**
     * The same inside a transaction, where etcd does not take every revision below 1 for the newest: a negative one is
     * compacted, as soon as anything is.
     */
    static Optional<KvError> checkRevisionInTxn(long asked, long revision, long compactRevision) {
        return asked < 0 && asked < compactRevision
                ? Optional.of(KvError.COMPACTED)
                : checkRevision(asked, revision, compactRevision);
    }

    private Collected collectCurrent(Operation.Range range, KeySpan span) {
        Collected collected = new Collected(range);
        collected.count = current.liveCount(span);
        if (!range.countOnly()) {
            current.forEach(span, version -> !version.isLive() || collected.take(version));
        }
        return collected;
    }

    private Collected collectPast(Operation.Range range, KeySpan span) {
        Collected collected = new Collected(range);
        NavigableMap<Bytes, KeyVersion> newer = unpersisted.newestIn(span, range.revision());
        history.scan(span, range.revision(), version -> {
            // Keys that exist only in the overlay and sort before this one come first.
            while (!newer.isEmpty() && newer.firstKey().compareTo(version.treeKey()) < 0) {
                if (!collected.takePast(newer.pollFirstEntry().getValue())) {
                    return false;
                }
            }
            KeyVersion overlaid = newer.remove(version.treeKey());
            return collected.takePast(overlaid == null ? version : overlaid);
        });
        for (KeyVersion last : newer.values()) {
            if (!collected.takePast(last)) {
                break;
            }
        }
        return collected;
    }

    /** What a range gathers, under its caps. */
    private final class Collected {
        private final Operation.Range range;
        private final boolean needsAll;
        private final List<KeyVersion> versions = new ArrayList<>();
        private long count;
        private long visited;
        private long bytes;
        private boolean overCap;

        Collected(Operation.Range range) {
            this.range = range;
            boolean byKey = range.target() == Operation.SortTarget.KEY && range.order() != Operation.SortOrder.DESCEND;
            // etcd takes only limit+1 keys in key order before it sorts without being told an order.
            boolean unordered = range.order() == Operation.SortOrder.NONE && !range.isFiltered();
            this.needsAll = !(byKey || unordered);
        }

        /** Counts as it goes, because no annotation tells how many keys lived at an older revision. */
        boolean takePast(KeyVersion version) {
            if (!version.isLive()) {
                return true; // free: how many tombstones a disk still holds differs between replicas
            }
            count++;
            if (range.countOnly()) {
                visited++;
                return withinCap(0);
            }
            take(version);
            return !overCap;
        }

        /** False when enough, or too much, was seen. */
        boolean take(KeyVersion version) {
            visited++;
            if (!withinCap(0)) {
                return false;
            }
            if (passesFilters(version) && !isFull()) {
                versions.add(version);
                return withinCap(range.keysOnly() ? version.treeKey().size() : version.sizeBytes());
            }
            return !isFull();
        }

        private boolean withinCap(long moved) {
            bytes += moved;
            overCap = visited > limits.keysVisited() || bytes > limits.bytesMoved();
            return !overCap;
        }

        private boolean isFull() {
            return range.limit() > 0 && !needsAll && versions.size() > range.limit();
        }

        private boolean passesFilters(KeyVersion v) {
            return atLeast(v.modRevision(), range.minModRevision())
                    && atMost(v.modRevision(), range.maxModRevision())
                    && atLeast(v.createRevision(), range.minCreateRevision())
                    && atMost(v.createRevision(), range.maxCreateRevision());
        }

        private static boolean atLeast(long value, long bound) {
            return bound == 0 || value >= bound;
        }

        private static boolean atMost(long value, long bound) {
            return bound == 0 || value <= bound;
        }

        Outcome answer(Operation.Range range, long revision) {
            if (range.countOnly()) {
                return new Outcome.Ranged(revision, List.of(), false, count);
            }
            sort();
            boolean more = range.limit() > 0 && versions.size() > range.limit();
            List<KeyVersion> page = more ? versions.subList(0, (int) range.limit()) : versions;
            return new Outcome.Ranged(revision, page, more, count);
        }

        private void sort() {
            boolean descending = range.order() == Operation.SortOrder.DESCEND;
            if (range.target() == Operation.SortTarget.KEY && !descending) {
                return;
            }
            Comparator<KeyVersion> comparator = comparator(range.target());
            versions.sort(descending ? comparator.reversed() : comparator);
        }
    }

    private Comparator<KeyVersion> comparator(Operation.SortTarget target) {
        return switch (target) {
            case KEY -> Comparator.comparing(KeyVersion::treeKey);
            case VERSION -> Comparator.comparingLong(KeyVersion::version);
            case CREATE -> Comparator.comparingLong(KeyVersion::createRevision);
            case MOD -> Comparator.comparingLong(KeyVersion::modRevision);
            case VALUE -> Comparator.comparing(v -> history.value(v).orElse(Bytes.EMPTY));
        };
    }
}
