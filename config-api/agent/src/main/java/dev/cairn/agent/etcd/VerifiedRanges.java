package dev.cairn.agent.etcd;

import dev.cairn.agent.Refusals;
import dev.cairn.client.CairnClient;
import dev.cairn.client.Freshness;
import dev.cairn.client.NotVerifiedException;
import dev.cairn.client.Page;
import dev.cairn.client.TrustedHead;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.server.etcd.EtcdError;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * etcd's ranges over proven lists, always as of the newest state: there is no weaker read here. What would take more memory
 * than is allowed is refused.
 */
final class VerifiedRanges {
    /** Keys and values that one range may take up. */
    static final long MAX_BYTES = 8 << 20;

    private final CairnClient client;
    private final Refusals refusals;

    VerifiedRanges(CairnClient client, Refusals refusals) {
        this.client = client;
        this.refusals = refusals;
    }

    /** Answers as etcd does: span, then filters, then order, then limit; the count knows neither filter nor limit. */
    Outcome.Ranged read(Operation.Range range) throws NotVerifiedException {
        KeySpan span = KeySpan.of(range.key(), range.rangeEnd());
        TrustedHead head = range.revision() > 0 || span.isEmpty() ? newest() : null;
        if (head != null) {
            requireTold(range.revision(), head);
            if (span.isEmpty()) {
                return new Outcome.Ranged(head.revision(), List.of(), false, 0);
            }
            if (range.revision() > 0 && range.revision() < head.revision()) {
                return past(range, span, head);
            }
        }
        int limit = limit(range);
        Page page = refusals.noting(client.listUpTo(span, limit, MAX_BYTES, 0, Freshness.LINEARIZABLE))
                .value();
        if (page.more() && (limit == 0 || page.records().size() < limit)) {
            throw RefusedCallException.of(EtcdError.TOO_COSTLY);
        }
        return answer(range, page, page.revision(), page.count().orElseThrow());
    }

    private TrustedHead newest() throws NotVerifiedException {
        return refusals.noting(client.head(Freshness.LINEARIZABLE)).head();
    }

    private static void requireTold(long revision, TrustedHead head) {
        if (revision > head.revision()) {
            throw RefusedCallException.of(EtcdError.FUTURE_REVISION);
        }
        if (revision > 0 && revision < head.header().roots().compactRevision()) {
            throw RefusedCallException.of(EtcdError.COMPACTED);
        }
    }

    /** How many keys lived then is known only when all are there. */
    private Outcome.Ranged past(Operation.Range range, KeySpan span, TrustedHead head) throws NotVerifiedException {
        Page page = refusals.noting(client.listUpTo(span, 0, MAX_BYTES, range.revision(), Freshness.ANY))
                .value();
        if (page.more()) {
            throw RefusedCallException.of(EtcdError.TOO_COSTLY);
        }
        return answer(range, page, head.revision(), page.records().size());
    }

    /** How many keys to ask for, in key order; 0 means all. One more than are wanted shows that there are more. */
    private static int limit(Operation.Range range) {
        if (range.countOnly()) {
            return 1;
        }
        boolean isBounded = range.limit() > 0 && range.limit() < Integer.MAX_VALUE;
        return isBounded && !needsAll(range) ? (int) range.limit() + 1 : 0;
    }

    /** etcd takes only limit + 1 keys in key order before it sorts without being told an order. */
    private static boolean needsAll(Operation.Range range) {
        boolean isByKey = range.target() == Operation.SortTarget.KEY && range.order() != Operation.SortOrder.DESCEND;
        boolean isUnordered = range.order() == Operation.SortOrder.NONE;
        return range.isFiltered() || !(isByKey || isUnordered);
    }

    private static Outcome.Ranged answer(Operation.Range range, Page page, long revision, long count) {
        if (range.countOnly()) {
            return new Outcome.Ranged(revision, List.of(), false, count);
        }
        List<KeyValue> records = new ArrayList<>(page.records());
        records.removeIf(record -> !passes(range, record));
        if (range.limit() > 0 && !needsAll(range) && records.size() > range.limit() + 1) {
            records = new ArrayList<>(records.subList(0, (int) range.limit() + 1));
        }
        sort(range, records);
        boolean more = range.limit() > 0 && records.size() > range.limit();
        List<KeyValue> cut = more ? records.subList(0, (int) range.limit()) : records;
        return new Outcome.Ranged(
                revision, cut.stream().map(VerifiedRanges::version).toList(), more, count);
    }

    private static boolean passes(Operation.Range range, KeyValue record) {
        return isWithin(record.modRevision(), range.minModRevision(), range.maxModRevision())
                && isWithin(record.createRevision(), range.minCreateRevision(), range.maxCreateRevision());
    }

    /** A bound of 0 is none. */
    private static boolean isWithin(long revision, long least, long most) {
        return (least == 0 || revision >= least) && (most == 0 || revision <= most);
    }

    private static void sort(Operation.Range range, List<KeyValue> records) {
        Comparator<KeyValue> order = switch (range.target()) {
            case KEY -> Comparator.comparing(KeyValue::key);
            case VERSION -> Comparator.comparingLong(KeyValue::version);
            case CREATE -> Comparator.comparingLong(KeyValue::createRevision);
            case MOD -> Comparator.comparingLong(KeyValue::modRevision);
            case VALUE -> Comparator.comparing(KeyValue::value);
        };
        records.sort(range.order() == Operation.SortOrder.DESCEND ? order.reversed() : order);
    }

    /** The place among the changes of its revision is not told, and nothing here asks for it. */
    private static KeyVersion version(KeyValue record) {
        Bytes key = Space.CLIENTS.treeKey(record.key());
        return KeyVersion.put(
                key,
                record.modRevision(),
                0,
                record.createRevision(),
                record.version(),
                record.lease(),
                Value.of(record.value()));
    }
}
