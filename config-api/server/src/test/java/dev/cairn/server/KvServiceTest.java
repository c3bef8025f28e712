package dev.cairn.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.Compare;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeResponse;
import dev.cairn.proto.etcdserverpb.KVGrpc;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.PutResponse;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RangeResponse;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.ResponseHeader;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.proto.etcdserverpb.TxnResponse;
import dev.cairn.server.etcd.EtcdError;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The KV service over a socket: what is on the wire, and which errors win. */
@Timeout(60)
class KvServiceTest {
    @TempDir
    Path directory;

    private ServedStore served;
    private KVGrpc.KVBlockingStub kv;

    @BeforeEach
    void serve() throws Exception {
        served = new ServedStore(directory);
        kv = KVGrpc.newBlockingStub(served.channel);
    }

    @AfterEach
    void stop() {
        served.close();
    }

    @Test
    void headersNameClusterMemberViewAndRevision() {
        served.node.enterView(7);
        PutResponse first = kv.put(put("a", "1"));
        assertThat(first.getHeader()).isEqualTo(header(2, 7));
        RangeResponse old = kv.range(get("a").setRevision(2).build());
        kv.put(put("b", "2"));
        assertThat(old.getHeader().getRevision()).isEqualTo(2);
        assertThat(kv.range(get("a").setRevision(2).build()).getHeader()).isEqualTo(header(3, 7));
        assertThat(kv.deleteRange(delete("absent")).getHeader()).isEqualTo(header(3, 7));
        assertThat(kv.compact(CompactionRequest.newBuilder().setRevision(2).build())
                        .getHeader())
                .isEqualTo(header(3, 7));
    }

    private static ResponseHeader header(long revision, long view) {
        return ResponseHeader.newBuilder()
                .setClusterId(0x0011223344556677L)
                .setMemberId(ServedStore.CLUSTER.memberId())
                .setRevision(revision)
                .setRaftTerm(view + 1)
                .build();
    }

    @Test
    void putsGetsAndDeletes() {
        kv.put(put("a", "1"));
        kv.put(put("ab", "2"));
        PutResponse replaced = kv.put(put("a", "3").toBuilder().setPrevKv(true).build());
        assertThat(replaced.getPrevKv().getValue()).isEqualTo(utf8("1"));
        assertThat(replaced.getPrevKv().getVersion()).isEqualTo(1);
        RangeResponse both = kv.range(get("a").setRangeEnd(utf8("b")).build());
        assertThat(both.getKvsList())
                .extracting(pair -> pair.getValue().toStringUtf8())
                .containsExactly("3", "2");
        assertThat(both.getCount()).isEqualTo(2);
        assertThat(both.getKvs(0).getCreateRevision()).isEqualTo(2);
        assertThat(both.getKvs(0).getModRevision()).isEqualTo(4);
        assertThat(both.getKvs(0).getVersion()).isEqualTo(2);
        RangeResponse keys = kv.range(
                get("a").setRangeEnd(utf8("b")).setKeysOnly(true).setLimit(1).build());
        assertThat(keys.getMore()).isTrue();
        assertThat(keys.getKvs(0).getValue().isEmpty()).isTrue();
        assertThat(keys.getKvs(0).getModRevision()).isEqualTo(4);
        DeleteRangeResponse deleted = kv.deleteRange(DeleteRangeRequest.newBuilder()
                .setKey(utf8("a"))
                .setRangeEnd(utf8("b"))
                .setPrevKv(true)
                .build());
        assertThat(deleted.getDeleted()).isEqualTo(2);
        assertThat(deleted.getPrevKvsList())
                .extracting(pair -> pair.getValue().toStringUtf8())
                .containsExactly("3", "2");
        assertThat(kv.range(get("a").setSerializable(true).build()).getCount()).isZero();
        assertThat(kv.range(get("a").setRevision(3).build()).getKvs(0).getValue())
                .isEqualTo(utf8("1"));
    }

    @Test
    void largeValuesComeBackWhole() {
        String large = "x".repeat(1 << 20);
        kv.put(put("a", large));
        assertThat(kv.range(get("a").build()).getKvs(0).getValue()).isEqualTo(utf8(large));
        assertThat(kv.put(put("a", "small").toBuilder().setPrevKv(true).build())
                        .getPrevKv()
                        .getValue())
                .isEqualTo(utf8(large));
    }

    @Test
    void aTransactionsInnerHeadersHoldTheRevisionAlone() {
        kv.put(put("a", "1"));
        TxnResponse done = kv.txn(TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(utf8("a"))
                        .setTarget(Compare.CompareTarget.MOD)
                        .setModRevision(2))
                .addSuccess(RequestOp.newBuilder().setRequestRange(get("a")))
                .addSuccess(RequestOp.newBuilder().setRequestPut(put("a", "2")))
                .addSuccess(RequestOp.newBuilder().setRequestRange(get("a")))
                .addSuccess(RequestOp.newBuilder()
                        .setRequestTxn(TxnRequest.newBuilder()
                                .addSuccess(RequestOp.newBuilder().setRequestDeleteRange(delete("z")))))
                .build());
        assertThat(done.getSucceeded()).isTrue();
        assertThat(done.getHeader().getRevision()).isEqualTo(3);
        assertThat(done.getResponses(0).getResponseRange().getHeader()).isEqualTo(revision(2));
        assertThat(done.getResponses(1).getResponsePut().getHeader()).isEqualTo(revision(3));
        assertThat(done.getResponses(2).getResponseRange().getHeader()).isEqualTo(revision(3));
        assertThat(done.getResponses(2).getResponseRange().getKvs(0).getValue()).isEqualTo(utf8("2"));
        TxnResponse nested = done.getResponses(3).getResponseTxn();
        assertThat(nested.hasHeader()).isTrue();
        assertThat(nested.getHeader()).isEqualTo(ResponseHeader.getDefaultInstance());
        assertThat(nested.getResponses(0).getResponseDeleteRange().getHeader()).isEqualTo(revision(3));
    }

    private static ResponseHeader revision(long revision) {
        return ResponseHeader.newBuilder().setRevision(revision).build();
    }

    @Test
    void aTransactionThatOnlyReadsIsNotLogged() {
        kv.put(put("a", "1"));
        long height = served.machine.committed().height().value();
        TxnRequest read = TxnRequest.newBuilder()
                .addCompare(Compare.newBuilder()
                        .setKey(utf8("a"))
                        .setTarget(Compare.CompareTarget.VALUE)
                        .setResult(Compare.CompareResult.NOT_EQUAL)
                        .setValue(utf8("1")))
                .addSuccess(RequestOp.newBuilder().setRequestRange(get("b")))
                .addFailure(RequestOp.newBuilder().setRequestRange(get("a")))
                .build();
        TxnResponse answer = kv.txn(read);
        assertThat(answer.getSucceeded()).isFalse();
        assertThat(answer.getHeader().getRevision()).isEqualTo(2);
        assertThat(answer.getResponses(0).getResponseRange().getKvs(0).getValue())
                .isEqualTo(utf8("1"));
        assertThat(served.machine.committed().height().value()).isEqualTo(height);
    }

    @Test
    void refusesWhatEtcdRefuses() {
        refuses(EtcdError.EMPTY_KEY, () -> kv.put(put("", "1")));
        refuses(EtcdError.EMPTY_KEY, () -> kv.range(get("").setSortOrderValue(9).build()));
        refuses(EtcdError.EMPTY_KEY, () -> kv.deleteRange(delete("")));
        refuses(
                EtcdError.INVALID_SORT_OPTION,
                () -> kv.range(get("a").setSortOrderValue(9).build()));
        refuses(
                EtcdError.INVALID_SORT_OPTION,
                () -> kv.range(get("a").setSortTargetValue(9).build()));
        refuses(
                EtcdError.VALUE_PROVIDED,
                () -> kv.put(put("a", "1").toBuilder().setIgnoreValue(true).build()));
        refuses(
                EtcdError.LEASE_PROVIDED,
                () -> kv.put(put("a", "1").toBuilder()
                        .setIgnoreLease(true)
                        .setLease(3)
                        .build()));
        refuses(
                EtcdError.KEY_NOT_FOUND,
                () -> kv.put(put("a", "").toBuilder().setIgnoreValue(true).build()));
        refuses(
                EtcdError.LEASE_NOT_FOUND,
                () -> kv.put(put("a", "1").toBuilder().setLease(3).build()));
        refuses(
                EtcdError.FUTURE_REVISION,
                () -> kv.range(get("a").setRevision(99).build()));
        refuses(
                EtcdError.FUTURE_REVISION,
                () -> kv.compact(CompactionRequest.newBuilder().setRevision(99).build()));
        refuses(EtcdError.REQUEST_TOO_LARGE, () -> kv.put(put("a", "x".repeat(1_536 << 10))));
        refuses(
                EtcdError.KEY_NOT_FOUND,
                () -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(RequestOp.getDefaultInstance())
                        .build()));
        refuses(
                EtcdError.DUPLICATE_KEY,
                () -> kv.txn(TxnRequest.newBuilder()
                        .addSuccess(putOp("a"))
                        .addSuccess(putOp("a"))
                        .build()));
        TxnRequest.Builder many = TxnRequest.newBuilder();
        for (int i = 0; i < 129; i++) {
            many.addFailure(putOp("" + i));
        }
        refuses(EtcdError.TOO_MANY_OPS, () -> kv.txn(many.build()));
        kv.put(put("a", "1"));
        kv.put(put("a", "2"));
        kv.compact(CompactionRequest.newBuilder().setRevision(3).build());
        refuses(EtcdError.COMPACTED, () -> kv.range(get("a").setRevision(2).build()));
        refuses(
                EtcdError.COMPACTED,
                () -> kv.compact(CompactionRequest.newBuilder().setRevision(3).build()));
    }

    @Test
    void messagesBeyondTwoMebibytesAreRefusedByTheTransport() {
        assertThatThrownBy(() -> kv.put(put("a", "x".repeat(3 << 20))))
                .isInstanceOfSatisfying(
                        StatusRuntimeException.class,
                        e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    }

    private static void refuses(EtcdError error, ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(StatusRuntimeException.class, e -> {
            assertThat(e.getStatus().getDescription()).isEqualTo(error.description());
            assertThat(e.getStatus().getCode()).isEqualTo(error.status().getCode());
        });
    }

    private static RequestOp putOp(String key) {
        return RequestOp.newBuilder().setRequestPut(put(key, "v")).build();
    }

    private static PutRequest put(String key, String value) {
        return PutRequest.newBuilder().setKey(utf8(key)).setValue(utf8(value)).build();
    }

    private static RangeRequest.Builder get(String key) {
        return RangeRequest.newBuilder().setKey(utf8(key));
    }

    private static DeleteRangeRequest delete(String key) {
        return DeleteRangeRequest.newBuilder().setKey(utf8(key)).build();
    }

    private static ByteString utf8(String text) {
        return ByteString.copyFromUtf8(text);
    }
}
