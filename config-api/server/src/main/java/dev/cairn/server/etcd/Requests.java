package dev.cairn.server.etcd;

import com.google.protobuf.ByteString;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.Operation;
import dev.cairn.proto.etcdserverpb.CompactionRequest;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import dev.cairn.protocol.model.Bytes;
import java.util.List;

/** Messages that passed {@link RequestChecks}, as operations. */
public final class Requests {
    private Requests() {}

    public static Operation.Range operation(RangeRequest range) {
        return new Operation.Range(
                bytes(range.getKey()),
                bytes(range.getRangeEnd()),
                range.getLimit(),
                range.getRevision(),
                order(range.getSortOrder()),
                target(range.getSortTarget()),
                range.getKeysOnly(),
                range.getCountOnly(),
                range.getMinModRevision(),
                range.getMaxModRevision(),
                range.getMinCreateRevision(),
                range.getMaxCreateRevision());
    }

    public static Operation.Put operation(PutRequest put) {
        return new Operation.Put(
                bytes(put.getKey()),
                bytes(put.getValue()),
                put.getLease(),
                put.getPrevKv(),
                put.getIgnoreValue(),
                put.getIgnoreLease());
    }

    public static Operation.DeleteRange operation(DeleteRangeRequest delete) {
        return new Operation.DeleteRange(bytes(delete.getKey()), bytes(delete.getRangeEnd()), delete.getPrevKv());
    }

    public static Operation.Compact operation(CompactionRequest compaction) {
        return new Operation.Compact(compaction.getRevision(), compaction.getPhysical());
    }

    public static Operation.Txn operation(TxnRequest txn) {
        return new Operation.Txn(
                txn.getCompareList().stream().map(Requests::compare).toList(),
                operations(txn.getSuccessList()),
                operations(txn.getFailureList()));
    }

    private static List<Operation> operations(List<RequestOp> operations) {
        return operations.stream().map(Requests::operation).toList();
    }

    private static Operation operation(RequestOp operation) {
        return switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> operation(operation.getRequestRange());
            case REQUEST_PUT -> operation(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> operation(operation.getRequestDeleteRange());
            case REQUEST_TXN -> operation(operation.getRequestTxn());
            case REQUEST_NOT_SET -> throw unchecked();
        };
    }

    private static Compare compare(dev.cairn.proto.etcdserverpb.Compare compare) {
        Compare.Target target = switch (compare.getTarget()) {
            case VERSION -> Compare.Target.VERSION;
            case CREATE -> Compare.Target.CREATE;
            case MOD -> Compare.Target.MOD;
            case VALUE -> Compare.Target.VALUE;
            case LEASE -> Compare.Target.LEASE;
            case UNRECOGNIZED -> throw unchecked();
        };
        Compare.Result result = switch (compare.getResult()) {
            case EQUAL -> Compare.Result.EQUAL;
            case GREATER -> Compare.Result.GREATER;
            case LESS -> Compare.Result.LESS;
            case NOT_EQUAL -> Compare.Result.NOT_EQUAL;
            case UNRECOGNIZED -> throw unchecked();
        };
        return new Compare(
                result,
                target,
                bytes(compare.getKey()),
                bytes(compare.getRangeEnd()),
                number(compare),
                bytes(compare.getValue()));
    }

    /** The member that the target names; another member, or none, counts as zero. */
    private static long number(dev.cairn.proto.etcdserverpb.Compare compare) {
        return switch (compare.getTarget()) {
            case VERSION -> compare.getVersion();
            case CREATE -> compare.getCreateRevision();
            case MOD -> compare.getModRevision();
            case LEASE -> compare.getLease();
            case VALUE -> 0;
            case UNRECOGNIZED -> throw unchecked();
        };
    }

    private static Operation.SortOrder order(RangeRequest.SortOrder order) {
        return switch (order) {
            case NONE -> Operation.SortOrder.NONE;
            case ASCEND -> Operation.SortOrder.ASCEND;
            case DESCEND -> Operation.SortOrder.DESCEND;
            case UNRECOGNIZED -> throw unchecked();
        };
    }

    private static Operation.SortTarget target(RangeRequest.SortTarget target) {
        return switch (target) {
            case KEY -> Operation.SortTarget.KEY;
            case VERSION -> Operation.SortTarget.VERSION;
            case CREATE -> Operation.SortTarget.CREATE;
            case MOD -> Operation.SortTarget.MOD;
            case VALUE -> Operation.SortTarget.VALUE;
            case UNRECOGNIZED -> throw unchecked();
        };
    }

    static Bytes bytes(ByteString string) {
        return Bytes.wrap(string.toByteArray());
    }

    private static AssertionError unchecked() {
        return new AssertionError("a message that was not checked");
    }
}
