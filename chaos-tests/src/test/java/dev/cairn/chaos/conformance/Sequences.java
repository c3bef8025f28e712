package dev.cairn.chaos.conformance;

import com.google.protobuf.ByteString;
import com.google.protobuf.Message;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.Compare;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.LeaseGrantRequest;
import dev.cairn.proto.etcdserverpb.LeaseKeepAliveRequest;
import dev.cairn.proto.etcdserverpb.LeaseLeasesRequest;
import dev.cairn.proto.etcdserverpb.LeaseRevokeRequest;
import dev.cairn.proto.etcdserverpb.LeaseTimeToLiveRequest;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.WatchCreateRequest;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.Tuple;

/**
 * What clients might do, over few keys so that calls meet: nested prefixes, the lowest and the highest bytes, empty and
 * inverted ranges, numbers and enums that no client library sends.
 */
final class Sequences {
    private static final int MOST_STEPS = 14;
    private static final int MOST_IN_LIST = 4;
    private static final int NESTING = 2;
    /** No enum of etcd has it. */
    private static final int ODD_ENUM = 9;

    private final Arbitrary<ByteString> keys =
            bytes("a", "b", "aa", "ab", "a\0", "a\377", "ba", "\0", "\377", "\377\377", "");
    private final Arbitrary<ByteString> presentKeys = bytes("a", "b", "aa", "ab", "a\0", "a\377", "ba");
    private final Arbitrary<ByteString> ends =
            bytes("", "", "", "\0", "b", "c", "ab", "a", "a\0", "\377", "\377\377\0");
    private final Arbitrary<ByteString> values = bytes("", "1", "2", "11", "\0", "\377");
    private final Arbitrary<Long> revisions = Arbitraries.frequencyOf(
            Tuple.of(8, Arbitraries.just(0L)),
            Tuple.of(5, Arbitraries.longs().between(Moment.NOW - 4, Moment.NOW)),
            Tuple.of(5, Arbitraries.longs().between(Moment.START, Moment.START + 6)),
            Tuple.of(1, Arbitraries.longs().between(Moment.START - 3, Moment.START - 1)),
            Tuple.of(1, Arbitraries.longs().between(Moment.NOW + 1, Moment.NOW + 3)),
            Tuple.of(1, Arbitraries.of(-1L, 1L, Long.MIN_VALUE, Long.MAX_VALUE)));
    private final Arbitrary<Long> limits = Arbitraries.frequencyOf(
            Tuple.of(6, Arbitraries.just(0L)),
            Tuple.of(4, Arbitraries.longs().between(1, 4)),
            Tuple.of(1, Arbitraries.of(-1L, Long.MAX_VALUE, Long.MIN_VALUE)));
    private final Arbitrary<Long> leaseIds =
            Arbitraries.frequency(Tuple.of(6, 5L), Tuple.of(3, 6L), Tuple.of(1, 77L), Tuple.of(1, -1L));
    private final Arbitrary<Boolean> seldom = Arbitraries.frequency(Tuple.of(5, false), Tuple.of(1, true));

    private static Arbitrary<ByteString> bytes(String... words) {
        return Arbitraries.of(words).map(Words::key);
    }

    private static Arbitrary<Integer> enums(int values) {
        return Arbitraries.integers().between(0, values - 1);
    }

    private static Arbitrary<Integer> oddEnums(int values) {
        return Arbitraries.frequencyOf(Tuple.of(40, enums(values)), Tuple.of(1, Arbitraries.just(ODD_ENUM)));
    }

    /** Keys, transactions and compaction. */
    Arbitrary<List<Step>> ofKeys() {
        return keySteps().list().ofMinSize(1).ofMaxSize(MOST_STEPS);
    }

    /** The same beside watches. */
    Arbitrary<List<Step>> ofWatches() {
        Arbitrary<Step> steps = Arbitraries.frequencyOf(
                Tuple.of(6, writes()),
                Tuple.of(4, watches()),
                Tuple.of(1, cancels()),
                Tuple.of(1, calls(compactions())));
        return steps.list().ofMinSize(1).ofMaxSize(MOST_STEPS);
    }

    /** One step of those. */
    Arbitrary<Step> keySteps() {
        return Arbitraries.frequencyOf(
                Tuple.of(12, writes()),
                Tuple.of(8, calls(ranges())),
                Tuple.of(1, streamedRanges()),
                Tuple.of(3, leases()),
                Tuple.of(1, calls(compactions())));
    }

    private Arbitrary<Step> writes() {
        return Arbitraries.frequencyOf(
                Tuple.of(5, calls(puts())),
                Tuple.of(2, calls(deletes())),
                Tuple.of(4, calls(txns(NESTING))),
                Tuple.of(1, calls(grants())),
                Tuple.of(1, calls(revocations())));
    }

    static Arbitrary<Step> calls(Arbitrary<? extends Message> requests) {
        return requests.map(Step.Call::new);
    }

    private Arbitrary<PutRequest> puts() {
        Arbitrary<Long> leases = Arbitraries.frequencyOf(Tuple.of(3, Arbitraries.just(0L)), Tuple.of(1, leaseIds));
        return Combinators.combine(
                        Arbitraries.frequencyOf(Tuple.of(4, presentKeys), Tuple.of(1, keys)),
                        values,
                        leases,
                        seldom,
                        seldom,
                        seldom)
                .as((key, value, lease, previous, ignoreValue, ignoreLease) -> PutRequest.newBuilder()
                        .setKey(key)
                        .setValue(value)
                        .setLease(lease)
                        .setPrevKv(previous)
                        .setIgnoreValue(ignoreValue)
                        .setIgnoreLease(ignoreLease)
                        .build())
                // Most that keep the value give none.
                .flatMap(put -> put.getIgnoreValue()
                        ? seldom.map(wrong ->
                                wrong ? put : put.toBuilder().clearValue().build())
                        : Arbitraries.just(put));
    }

    private Arbitrary<DeleteRangeRequest> deletes() {
        return Combinators.combine(keys, ends, seldom)
                .as((key, end, previous) -> DeleteRangeRequest.newBuilder()
                        .setKey(key)
                        .setRangeEnd(end)
                        .setPrevKv(previous)
                        .build());
    }

    private Arbitrary<RangeRequest> ranges() {
        Arbitrary<RangeRequest.Builder> plain = Combinators.combine(
                        keys, ends, limits, revisions, seldom, seldom, seldom)
                .as((key, end, limit, revision, serializable, keysOnly, countOnly) -> RangeRequest.newBuilder()
                        .setKey(key)
                        .setRangeEnd(end)
                        .setLimit(limit)
                        .setRevision(revision)
                        .setSerializable(serializable)
                        .setKeysOnly(keysOnly)
                        .setCountOnly(countOnly));
        Arbitrary<Long> bounds = Arbitraries.frequencyOf(Tuple.of(6, Arbitraries.just(0L)), Tuple.of(1, revisions));
        return Combinators.combine(plain, oddEnums(3), oddEnums(5), bounds, bounds, bounds, bounds)
                .as((range, order, target, minMod, maxMod, minCreate, maxCreate) -> range.clone()
                        .setSortOrderValue(order)
                        .setSortTargetValue(target)
                        .setMinModRevision(minMod)
                        .setMaxModRevision(maxMod)
                        .setMinCreateRevision(minCreate)
                        .setMaxCreateRevision(maxCreate)
                        .build());
    }

    /** Without an order but by another target than the key, etcd's parts overlap. */
    private Arbitrary<Step> streamedRanges() {
        return ranges().map(range -> range.getSortOrder() == RangeRequest.SortOrder.NONE
                        ? range.toBuilder().clearSortTarget().build()
                        : range)
                .map(Step.StreamedRange::new);
    }

    private Arbitrary<Compare> compares() {
        Arbitrary<Long> numbers =
                Arbitraries.frequencyOf(Tuple.of(2, Arbitraries.longs().between(0, 3)), Tuple.of(1, revisions));
        Arbitrary<Integer> members = Arbitraries.frequency(Tuple.of(8, 0), Tuple.of(1, 1), Tuple.of(1, 2));
        return Combinators.combine(enums(4), enums(5), keys, ends, numbers, values, members)
                .as((result, target, key, end, number, value, member) -> {
                    Compare.Builder compare = Compare.newBuilder()
                            .setResultValue(result)
                            .setTargetValue(target)
                            .setKey(key)
                            .setRangeEnd(end);
                    // The member of the target, that of another, or none.
                    return member == 2 ? compare.build() : operand(compare, target + member, number, value);
                });
    }

    private static Compare operand(Compare.Builder compare, int target, long number, ByteString value) {
        return switch (target) {
            case Compare.CompareTarget.VERSION_VALUE ->
                compare.setVersion(number).build();
            case Compare.CompareTarget.CREATE_VALUE ->
                compare.setCreateRevision(number).build();
            case Compare.CompareTarget.MOD_VALUE ->
                compare.setModRevision(number).build();
            case Compare.CompareTarget.VALUE_VALUE -> compare.setValue(value).build();
            default -> compare.setLease(number).build();
        };
    }

    private Arbitrary<TxnRequest> txns(int nesting) {
        Arbitrary<List<Compare>> conditions = compares().list().ofMaxSize(2);
        Arbitrary<List<RequestOp>> branches = operations(nesting).list().ofMaxSize(MOST_IN_LIST);
        return Combinators.combine(conditions, branches, branches)
                .as((compares, success, failure) -> TxnRequest.newBuilder()
                        .addAllCompare(compares)
                        .addAllSuccess(success)
                        .addAllFailure(failure)
                        .build());
    }

    private Arbitrary<RequestOp> operations(int nesting) {
        Arbitrary<RequestOp> flat = Arbitraries.frequencyOf(
                Tuple.of(
                        8,
                        puts().map(put ->
                                RequestOp.newBuilder().setRequestPut(put).build())),
                Tuple.of(
                        4,
                        ranges().map(range ->
                                RequestOp.newBuilder().setRequestRange(range).build())),
                Tuple.of(
                        3,
                        deletes()
                                .map(delete -> RequestOp.newBuilder()
                                        .setRequestDeleteRange(delete)
                                        .build())));
        if (nesting == 0) {
            return Arbitraries.frequencyOf(
                    Tuple.of(30, flat), Tuple.of(1, Arbitraries.just(RequestOp.getDefaultInstance())));
        }
        return Arbitraries.frequencyOf(
                Tuple.of(5, flat),
                Tuple.of(
                        1,
                        txns(nesting - 1)
                                .map(txn -> RequestOp.newBuilder()
                                        .setRequestTxn(txn)
                                        .build())));
    }

    private Arbitrary<LeaseGrantRequest> grants() {
        Arbitrary<Long> seconds = Arbitraries.of(100L, 200L, 300L, 9_000_000_000L, 9_000_000_001L, Long.MAX_VALUE);
        return Combinators.combine(leaseIds, seconds)
                .as((id, ttl) ->
                        LeaseGrantRequest.newBuilder().setID(id).setTTL(ttl).build());
    }

    private Arbitrary<LeaseRevokeRequest> revocations() {
        return leaseIds.map(id -> LeaseRevokeRequest.newBuilder().setID(id).build());
    }

    /** What is asked of leases, and that they be kept. */
    private Arbitrary<Step> leases() {
        return Arbitraries.oneOf(
                calls(grants()),
                Combinators.combine(leaseIds, Arbitraries.of(false, true))
                        .as((id, keys) -> new Step.Call(LeaseTimeToLiveRequest.newBuilder()
                                .setID(id)
                                .setKeys(keys)
                                .build())),
                Arbitraries.just(new Step.Call(LeaseLeasesRequest.getDefaultInstance())),
                leaseIds.map(id -> new Step.KeepAlive(
                        LeaseKeepAliveRequest.newBuilder().setID(id).build())));
    }

    private Arbitrary<CompactionRequest> compactions() {
        return Combinators.combine(revisions, seldom)
                .as((revision, physical) -> CompactionRequest.newBuilder()
                        .setRevision(revision)
                        .setPhysical(physical)
                        .build());
    }

    /** From now on, from a revision of the past, or, on a stream for these alone, from one to come. */
    private Arbitrary<Step> watches() {
        Arbitrary<Long> past = Arbitraries.frequencyOf(
                Tuple.of(5, Arbitraries.longs().between(Moment.NOW - 5, Moment.NOW)),
                Tuple.of(2, Arbitraries.longs().between(Moment.START - 1, Moment.START)),
                Tuple.of(1, Arbitraries.of(-1L, 1L)));
        Arbitrary<Long> future = Arbitraries.longs().between(Moment.NOW + 1, Moment.NOW + 4);
        return Arbitraries.frequencyOf(
                Tuple.of(6, watches(0, Arbitraries.just(0L))),
                Tuple.of(2, watches(1, past)),
                Tuple.of(1, watches(2, future)));
    }

    private Arbitrary<Step> watches(int stream, Arbitrary<Long> starts) {
        Arbitrary<List<Integer>> filters = Arbitraries.frequencyOf(
                Tuple.of(4, Arbitraries.just(List.of())),
                Tuple.of(1, Arbitraries.of(0, 1, ODD_ENUM).list().ofMinSize(1).ofMaxSize(2)));
        Arbitrary<Long> ids =
                Arbitraries.frequency(Tuple.of(8, 0L), Tuple.of(1, 1L), Tuple.of(1, 3L), Tuple.of(1, -5L));
        return Combinators.combine(keys, ends, starts, filters, seldom, ids, seldom)
                .as((key, end, start, filter, previous, id, fragment) -> new Step.Watch(
                        stream,
                        WatchCreateRequest.newBuilder()
                                .setKey(key)
                                .setRangeEnd(end)
                                .setStartRevision(start)
                                .addAllFiltersValue(filter)
                                .setPrevKv(previous)
                                .setWatchId(id)
                                .setFragment(fragment)
                                .build()));
    }

    private static Arbitrary<Step> cancels() {
        return Combinators.combine(Arbitraries.integers().between(0, 2), Arbitraries.of(0L, 1L, 2L, 3L, -1L, 99L))
                .as(Step.CancelWatch::new);
    }
}
