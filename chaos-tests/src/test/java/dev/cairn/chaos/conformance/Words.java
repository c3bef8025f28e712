package dev.cairn.chaos.conformance;

import com.google.protobuf.ByteString;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.Compare;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;

/** Short words for requests. Keys are ISO 8859-1: one character is one byte. */
final class Words {
    private Words() {}

    static ByteString key(String text) {
        return ByteString.copyFrom(text, java.nio.charset.StandardCharsets.ISO_8859_1);
    }

    static PutRequest.Builder put(String key, String value) {
        return PutRequest.newBuilder().setKey(key(key)).setValue(key(value));
    }

    static RangeRequest.Builder range(String key, String end) {
        return RangeRequest.newBuilder().setKey(key(key)).setRangeEnd(key(end));
    }

    static RangeRequest.Builder get(String key) {
        return range(key, "");
    }

    static DeleteRangeRequest.Builder delete(String key, String end) {
        return DeleteRangeRequest.newBuilder().setKey(key(key)).setRangeEnd(key(end));
    }

    static CompactionRequest.Builder compact(long revision) {
        return CompactionRequest.newBuilder().setRevision(revision);
    }

    static RequestOp op(PutRequest.Builder put) {
        return RequestOp.newBuilder().setRequestPut(put).build();
    }

    static RequestOp op(RangeRequest.Builder range) {
        return RequestOp.newBuilder().setRequestRange(range).build();
    }

    static RequestOp op(DeleteRangeRequest.Builder delete) {
        return RequestOp.newBuilder().setRequestDeleteRange(delete).build();
    }

    static RequestOp op(TxnRequest.Builder txn) {
        return RequestOp.newBuilder().setRequestTxn(txn).build();
    }

    static TxnRequest.Builder txn(RequestOp... operations) {
        TxnRequest.Builder txn = TxnRequest.newBuilder();
        for (RequestOp operation : operations) {
            txn.addSuccess(operation);
        }
        return txn;
    }

    static Compare.Builder compare(String key, Compare.CompareTarget target, Compare.CompareResult result) {
        return Compare.newBuilder().setKey(key(key)).setTarget(target).setResult(result);
    }
}
