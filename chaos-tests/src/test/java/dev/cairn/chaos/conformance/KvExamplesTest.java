package dev.cairn.chaos.conformance;

import static dev.cairn.chaos.conformance.Words.compact;
import static dev.cairn.chaos.conformance.Words.compare;
import static dev.cairn.chaos.conformance.Words.delete;
import static dev.cairn.chaos.conformance.Words.get;
import static dev.cairn.chaos.conformance.Words.key;
import static dev.cairn.chaos.conformance.Words.op;
import static dev.cairn.chaos.conformance.Words.put;
import static dev.cairn.chaos.conformance.Words.range;
import static dev.cairn.chaos.conformance.Words.txn;
import static org.assertj.core.api.Assertions.assertThat;

import dev.cairn.proto.etcdserverpb.CompactionResponse;
import dev.cairn.proto.etcdserverpb.Compare;
import dev.cairn.proto.etcdserverpb.Compare.CompareResult;
import dev.cairn.proto.etcdserverpb.Compare.CompareTarget;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest.SortOrder;
import dev.cairn.proto.etcdserverpb.RangeRequest.SortTarget;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.TxnResponse;
import dev.cairn.proto.mvccpb.KeyValue;
import io.grpc.Status;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What etcd's contract says of keys, sentence by sentence: both do it, and it is what is said. */
@ExtendWith(SharedPair.class)
class KvExamplesTest {
    private final Pair pair;
    private long start;

    KvExamplesTest(Pair pair) {
        this.pair = pair;
    }

    @BeforeEach
    void empty() {
        pair.reset();
        start = pair.reference().revision();
    }

    private RangeResponse ranged(RangeRequest.Builder range) {
        return (RangeResponse) pair.agree(range).message();
    }

    private TxnResponse done(TxnRequest.Builder txn) {
        return (TxnResponse) pair.agree(txn).message();
    }

    private static List<String> keys(RangeResponse response) {
        return response.getKvsList().stream()
                .map(KeyValue::getKey)
                .map(name -> name.toString(java.nio.charset.StandardCharsets.ISO_8859_1))
                .toList();
    }

    private void refused(com.google.protobuf.Message.Builder request, Status.Code code, String description) {
        Answer answer = pair.agree(request);
        assertThat(answer.code()).isEqualTo(code);
        assertThat(answer.description()).isEqualTo(description);
    }

    // Revisions and headers.

    @Test
    void aRequestThatChangesSomethingTakesOneRevisionAndOthersNone() {
        assertThat(((PutResponse) pair.agree(put("a", "1")).message())
                        .getHeader()
                        .getRevision())
                .isEqualTo(start + 1);
        assertThat(((DeleteRangeResponse) pair.agree(delete("z", "")).message())
                        .getHeader()
                        .getRevision())
                .isEqualTo(start + 1);
        assertThat(done(txn(op(put("b", "")), op(put("c", "")), op(delete("a", ""))))
                        .getHeader()
                        .getRevision())
                .isEqualTo(start + 2);
        assertThat(done(txn(op(get("b")))).getHeader().getRevision()).isEqualTo(start + 2);
        assertThat(done(txn(op(put("d", ""))).addCompare(compare("x", CompareTarget.VERSION, CompareResult.GREATER)))
                        .getHeader()
                        .getRevision())
                .isEqualTo(start + 2);
    }

    @Test
    void versionsCountPutsAndDeletesResetThem() {
        pair.agree(put("a", "1"));
        pair.agree(put("a", "2"));
        KeyValue twice = ranged(get("a")).getKvs(0);
        assertThat(twice.getVersion()).isEqualTo(2);
        assertThat(twice.getCreateRevision()).isEqualTo(start + 1);
        pair.agree(delete("a", ""));
        pair.agree(put("a", "3"));
        KeyValue anew = ranged(get("a")).getKvs(0);
        assertThat(anew.getVersion()).isEqualTo(1);
        assertThat(anew.getCreateRevision()).isEqualTo(start + 4);
    }

    @Test
    void aReadOfThePastSaysTheRevisionOfNow() {
        pair.agree(put("a", "1"));
        pair.agree(put("a", "2"));
        RangeResponse past = ranged(get("a").setRevision(start + 1));
        assertThat(past.getKvs(0).getValue()).isEqualTo(key("1"));
        assertThat(past.getHeader().getRevision()).isEqualTo(start + 2);
    }

    @Test
    void headersInsideATransactionHaveTheRevisionAlone() {
        TxnResponse done = done(txn(op(get("a")), op(put("a", "1")), op(get("a")), op(txn(op(delete("b", ""))))));
        assertThat(done.getResponses(0).getResponseRange().getHeader()).isEqualTo(revision(start));
        assertThat(done.getResponses(1).getResponsePut().getHeader()).isEqualTo(revision(start + 1));
        assertThat(done.getResponses(2).getResponseRange().getHeader()).isEqualTo(revision(start + 1));
        TxnResponse nested = done.getResponses(3).getResponseTxn();
        assertThat(nested.hasHeader()).isTrue();
        assertThat(nested.getHeader()).isEqualTo(ResponseHeader.getDefaultInstance());
    }

    private static ResponseHeader revision(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    // Ranges.

    @Test
    void intervalsAreHalfOpenAndKeysAreUnsignedBytes() {
        for (String name : List.of("\377", "a", "b", "\0", "a\0")) {
            pair.agree(put(name, name));
        }
        assertThat(keys(ranged(range("\0", "\0")))).containsExactly("\0", "a", "a\0", "b", "\377");
        assertThat(keys(ranged(range("a", "b")))).containsExactly("a", "a\0");
        assertThat(keys(ranged(range("b", "\0")))).containsExactly("b", "\377");
        assertThat(keys(ranged(range("b", "a")))).isEmpty();
        assertThat(keys(ranged(range("a", "a")))).isEmpty();
        assertThat(keys(ranged(range("\377", "\0")))).containsExactly("\377");
    }

    @Test
    void theCountKnowsNoLimitAndNoFilter() {
        for (String name : List.of("a", "b", "c")) {
            pair.agree(put(name, ""));
        }
        RangeResponse limited = ranged(range("a", "z").setLimit(2));
        assertThat(limited.getCount()).isEqualTo(3);
        assertThat(limited.getMore()).isTrue();
        RangeResponse filtered = ranged(range("a", "z").setMinModRevision(start + 3));
        assertThat(filtered.getCount()).isEqualTo(3);
        assertThat(keys(filtered)).containsExactly("c");
        RangeResponse counted = ranged(range("a", "z").setLimit(1).setCountOnly(true));
        assertThat(counted.getCount()).isEqualTo(3);
        assertThat(counted.getMore()).isFalse();
        assertThat(counted.getKvsCount()).isZero();
    }

    @Test
    void filtersComeBeforeSortAndSortBeforeLimit() {
        for (String name : List.of("c", "b", "a")) {
            pair.agree(put(name, name));
        }
        assertThat(keys(ranged(range("a", "z")
                        .setSortTarget(SortTarget.MOD)
                        .setSortOrder(SortOrder.DESCEND)
                        .setMaxModRevision(start + 2)
                        .setLimit(1))))
                .containsExactly("b");
    }

    @Test
    void withoutAnOrderTheLimitIsTakenInTheOrderOfKeys() {
        pair.agree(put("b", "1"));
        pair.agree(put("a", "2"));
        pair.agree(put("c", "0"));
        assertThat(keys(ranged(range("a", "z").setSortTarget(SortTarget.VALUE).setLimit(1))))
                .containsExactly("b");
    }

    @Test
    void keysOnlyTakesTheValueAlone() {
        pair.agree(put("a", "1"));
        KeyValue pairOfA = ranged(get("a").setKeysOnly(true)).getKvs(0);
        assertThat(pairOfA.getValue().isEmpty()).isTrue();
        assertThat(pairOfA.getVersion()).isEqualTo(1);
        assertThat(pairOfA.getModRevision()).isEqualTo(start + 1);
    }

    @Test
    void theCompactRevisionItselfIsReadable() {
        pair.agree(put("a", "1"));
        pair.agree(put("a", "2"));
        pair.agree(put("a", "3"));
        assertThat(((CompactionResponse) pair.agree(compact(start + 2)).message())
                        .getHeader()
                        .getRevision())
                .isEqualTo(start + 3);
        assertThat(ranged(get("a").setRevision(start + 2)).getKvs(0).getValue()).isEqualTo(key("2"));
        String compacted = "etcdserver: mvcc: required revision has been compacted";
        refused(get("a").setRevision(start + 1), Status.Code.OUT_OF_RANGE, compacted);
        refused(compact(start + 2), Status.Code.OUT_OF_RANGE, compacted);
        refused(compact(-1), Status.Code.OUT_OF_RANGE, compacted);
    }

    @Test
    void negativeRevisionsAreNowButInTransactionsCompacted() {
        pair.agree(put("a", "1"));
        assertThat(ranged(get("a").setRevision(-7)).getCount()).isEqualTo(1);
        refused(
                txn(op(get("a").setRevision(-7))),
                Status.Code.OUT_OF_RANGE,
                "etcdserver: mvcc: required revision has been compacted");
    }

    // Comparisons.

    @Test
    void anAbsentKeyIsZeroButHasNoValue() {
        for (CompareTarget target :
                List.of(CompareTarget.VERSION, CompareTarget.CREATE, CompareTarget.MOD, CompareTarget.LEASE)) {
            assertThat(isMet(compare("no", target, CompareResult.EQUAL))).isTrue();
            assertThat(isMet(compare("no", target, CompareResult.NOT_EQUAL))).isFalse();
        }
        for (CompareResult result :
                List.of(CompareResult.EQUAL, CompareResult.NOT_EQUAL, CompareResult.LESS, CompareResult.GREATER)) {
            assertThat(isMet(compare("no", CompareTarget.VALUE, result))).isFalse();
        }
    }

    @Test
    void aComparisonOfARangeHoldsForEachKeyAndForNoneLikeAnAbsentOne() {
        pair.agree(put("a", "1"));
        pair.agree(put("b", "2"));
        pair.agree(put("b", "2"));
        Compare.Builder once =
                compare("a", CompareTarget.VERSION, CompareResult.EQUAL).setVersion(1);
        assertThat(isMet(once.clone().setRangeEnd(key("b")))).isTrue();
        assertThat(isMet(once.clone().setRangeEnd(key("c")))).isFalse();
        assertThat(isMet(
                        compare("x", CompareTarget.VERSION, CompareResult.EQUAL).setRangeEnd(key("\0"))))
                .isTrue();
        assertThat(isMet(compare("x", CompareTarget.VALUE, CompareResult.NOT_EQUAL)
                        .setRangeEnd(key("\0"))))
                .isFalse();
    }

    private boolean isMet(Compare.Builder compare) {
        return done(TxnRequest.newBuilder().addCompare(compare)).getSucceeded();
    }

    // Transactions.

    @Test
    void nestedBranchesAreChosenByTheStateBefore() {
        TxnRequest.Builder nested = txn(op(put("b", "saw a")))
                .addCompare(compare("a", CompareTarget.VERSION, CompareResult.GREATER))
                .addFailure(op(put("b", "saw none")));
        done(txn(op(put("a", "1")), op(nested)));
        assertThat(ranged(get("b")).getKvs(0).getValue()).isEqualTo(key("saw none"));
    }

    @Test
    void laterReadsSeeEarlierWrites() {
        pair.agree(put("b", "1"));
        TxnResponse done = done(txn(op(put("a", "1")), op(range("a", "c")), op(delete("b", "")), op(range("a", "c"))));
        assertThat(keys(done.getResponses(1).getResponseRange())).containsExactly("a", "b");
        assertThat(keys(done.getResponses(3).getResponseRange())).containsExactly("a");
    }

    @Test
    void whatFailsInTheChosenBranchUndoesAll() {
        refused(
                txn(op(put("a", "1")), op(put("b", "").setIgnoreValue(true))),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: key not found");
        assertThat(ranged(get("a")).getCount()).isZero();
        // The branch not taken is checked for its form alone.
        assertThat(done(txn(op(put("a", "1"))).addFailure(op(put("b", "").setIgnoreValue(true))))
                        .getSucceeded())
                .isTrue();
    }

    @Test
    void aKeyIsPutOnceAndNeverIntoADelete() {
        String duplicate = "etcdserver: duplicate key given in txn request";
        for (TxnRequest.Builder refused : List.of(
                txn(op(put("a", "1")), op(put("a", "2"))),
                txn(op(put("a", "1")), op(delete("a", ""))),
                txn(op(delete("a", "c")), op(put("b", ""))),
                txn(op(put("a", "")), op(txn(op(put("a", ""))))),
                txn(op(txn(op(delete("a", "")))), op(put("a", ""))),
                txn(op(txn(op(delete("a", "")))), op(txn(op(put("a", ""))))))) {
            refused(refused, Status.Code.INVALID_ARGUMENT, duplicate);
        }
        for (TxnRequest.Builder taken : List.of(
                txn(op(delete("a", "c")), op(delete("b", "d"))),
                txn(op(put("a", ""))).addFailure(op(put("a", ""))),
                txn(op(txn(op(put("a", ""))).addFailure(op(put("a", ""))))),
                // etcd's own gaps: a delete without an end, and a put before a delete of a neighbour.
                txn(op(delete("a", "\0")), op(put("b", ""))),
                txn(op(txn(op(put("a", "")))), op(txn(op(delete("a", ""))))))) {
            assertThat(done(taken).getSucceeded()).isTrue();
        }
    }

    @Test
    void aNestedTransactionHasTheOperationsThatTheOuterLeaves() {
        String tooMany = "etcdserver: too many operations in txn request";
        assertThat(done(many(128)).getResponsesCount()).isEqualTo(128);
        refused(many(129), Status.Code.INVALID_ARGUMENT, tooMany);
        assertThat(done(txn(op(many(127)))).getSucceeded()).isTrue();
        refused(txn(op(many(128))), Status.Code.INVALID_ARGUMENT, tooMany);
        TxnRequest.Builder comparisons = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) {
            comparisons.addCompare(compare("a", CompareTarget.VERSION, CompareResult.EQUAL));
        }
        refused(comparisons, Status.Code.INVALID_ARGUMENT, tooMany);
    }

    private static TxnRequest.Builder many(int count) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (int i = 0; i < count; i++) {
            txn.addSuccess(op(put("k" + i, "")));
        }
        return txn;
    }

    @Test
    void theFormIsCheckedInEtcdsOrder() {
        String noKey = "etcdserver: key is not provided";
        // The limit before keys, keys before duplicates, comparisons before operations.
        refused(many(129).setSuccess(0, op(put("", ""))), Status.Code.INVALID_ARGUMENT, tooMany());
        refused(txn(op(put("a", "")), op(put("a", "")), op(get(""))), Status.Code.INVALID_ARGUMENT, noKey);
        refused(
                txn(op(get("a").setSortOrderValue(9)))
                        .addCompare(compare("", CompareTarget.VERSION, CompareResult.EQUAL)),
                Status.Code.INVALID_ARGUMENT,
                noKey);
        refused(txn(RequestOp.getDefaultInstance()), Status.Code.INVALID_ARGUMENT, "etcdserver: key not found");
        refused(
                put("a", "1").setIgnoreValue(true).setIgnoreLease(true).setLease(5),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: value is provided");
        refused(
                put("a", "").setIgnoreValue(true).setIgnoreLease(true).setLease(5),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: lease is provided");
        refused(
                put("a", "").setIgnoreValue(true).setLease(5),
                Status.Code.NOT_FOUND,
                "etcdserver: requested lease not found");
        refused(range("", "").setSortTargetValue(9).setRevision(1L << 40), Status.Code.INVALID_ARGUMENT, noKey);
        refused(
                get("a").setSortTargetValue(9).setRevision(1L << 40),
                Status.Code.INVALID_ARGUMENT,
                "etcdserver: invalid sort option");
    }

    private static String tooMany() {
        return "etcdserver: too many operations in txn request";
    }

    // Where Cairn is meant to differ.

    /** etcd takes a comparison that it does not know for met, or for equal. */
    @Test
    void anUnknownComparisonIsRefused() {
        for (Compare.Builder unknown : List.of(
                Compare.newBuilder().setKey(key("a")).setTargetValue(9),
                Compare.newBuilder().setKey(key("a")).setResultValue(9))) {
            TxnRequest request = TxnRequest.newBuilder().addCompare(unknown).build();
            assertThat(pair.reference().call(request).join().code()).isEqualTo(Status.Code.OK);
            Answer answer = pair.cairn().call(request).join();
            assertThat(answer.code()).isEqualTo(Status.Code.INVALID_ARGUMENT);
            assertThat(answer.description()).isEqualTo("etcdserver: invalid compare option");
        }
    }
}
