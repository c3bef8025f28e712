package dev.cairn.server.etcd;

import dev.cairn.proto.etcdserverpb.Compare;
import dev.cairn.proto.etcdserverpb.DeleteRangeRequest;
import dev.cairn.proto.etcdserverpb.PutRequest;
import dev.cairn.proto.etcdserverpb.RangeRequest;
import dev.cairn.proto.etcdserverpb.RequestOp;
import dev.cairn.proto.etcdserverpb.TxnRequest;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** etcd's checks of a message's form, in etcd's order, which decides which error a client sees. Null means none. */
public final class RequestChecks {
    private RequestChecks() {}

    public static @Nullable EtcdError of(RangeRequest range) {
        if (range.getKey().isEmpty()) {
            return EtcdError.EMPTY_KEY;
        }
        boolean known = range.getSortOrder() != RangeRequest.SortOrder.UNRECOGNIZED
                && range.getSortTarget() != RangeRequest.SortTarget.UNRECOGNIZED;
        return known ? null : EtcdError.INVALID_SORT_OPTION;
    }

    /** Why a range cannot be answered in parts, in etcd's words: clients then ask for it whole. */
    static Optional<String> unsupportedInStream(RangeRequest range) {
        boolean byKey = range.getSortOrder() == RangeRequest.SortOrder.NONE
                || (range.getSortOrder() == RangeRequest.SortOrder.ASCEND
                        && range.getSortTarget() == RangeRequest.SortTarget.KEY);
        if (!byKey) {
            return Optional.of("RangeStream does not support custom sort orders");
        }
        boolean filtered = range.getMinModRevision() != 0
                || range.getMaxModRevision() != 0
                || range.getMinCreateRevision() != 0
                || range.getMaxCreateRevision() != 0;
        return filtered ? Optional.of("RangeStream does not support revision filters") : Optional.empty();
    }

    public static @Nullable EtcdError of(PutRequest put) {
        if (put.getKey().isEmpty()) {
            return EtcdError.EMPTY_KEY;
        }
        if (put.getIgnoreValue() && !put.getValue().isEmpty()) {
            return EtcdError.VALUE_PROVIDED;
        }
        return put.getIgnoreLease() && put.getLease() != 0 ? EtcdError.LEASE_PROVIDED : null;
    }

    public static @Nullable EtcdError of(DeleteRangeRequest delete) {
        return delete.getKey().isEmpty() ? EtcdError.EMPTY_KEY : null;
    }

    /** Without the duplicate rule. */
    public static @Nullable EtcdError of(TxnRequest txn, int maxOperations) {
        int used = Math.max(txn.getCompareCount(), Math.max(txn.getSuccessCount(), txn.getFailureCount()));
        if (used > maxOperations) {
            return EtcdError.TOO_MANY_OPS;
        }
        for (Compare compare : txn.getCompareList()) {
            if (compare.getKey().isEmpty()) {
                return EtcdError.EMPTY_KEY;
            }
            if (compare.getResult() == Compare.CompareResult.UNRECOGNIZED
                    || compare.getTarget() == Compare.CompareTarget.UNRECOGNIZED) {
                return EtcdError.INVALID_COMPARE;
            }
        }
        for (RequestOp operation : txn.getSuccessList()) {
            EtcdError error = of(operation, maxOperations - used);
            if (error != null) {
                return error;
            }
        }
        for (RequestOp operation : txn.getFailureList()) {
            EtcdError error = of(operation, maxOperations - used);
            if (error != null) {
                return error;
            }
        }
        return null;
    }

    private static @Nullable EtcdError of(RequestOp operation, int maxOperations) {
        return switch (operation.getRequestCase()) {
            case REQUEST_RANGE -> of(operation.getRequestRange());
            case REQUEST_PUT -> of(operation.getRequestPut());
            case REQUEST_DELETE_RANGE -> of(operation.getRequestDeleteRange());
            case REQUEST_TXN -> of(operation.getRequestTxn(), maxOperations);
            case REQUEST_NOT_SET -> EtcdError.KEY_NOT_FOUND;
        };
    }
}
