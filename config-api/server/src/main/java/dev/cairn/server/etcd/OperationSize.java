package dev.cairn.server.etcd;

import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import java.util.List;

/** How many bytes an operation adds to a request, at most; and little less, so that batches fill their requests. */
final class OperationSize {
    private static final int LIST = 8;
    private static final int PUT = 24;
    private static final int DELETE = 16;
    private static final int RANGE = 72;
    private static final int TXN = 8;
    private static final int COMPARE = 28;
    private static final int CHANGE = 16;
    private static final int STAGE = 41;
    private static final int VALUE = 4;
    private static final int SIGNED = 13;
    private static final int UNIQUE = 33;
    private static final int LEASE = 17;
    private static final int ON_BEHALF = 13;
    private static final int AUTH = 1;
    private static final int STRING = 4;
    private static final int FLAG = 1;
    private static final int OTHER = 16;

    private OperationSize() {}

    static int of(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> PUT + put.key().size() + put.value().size();
            case Operation.DeleteRange delete ->
                DELETE + delete.key().size() + delete.rangeEnd().size();
            case Operation.Range range ->
                RANGE + range.key().size() + range.rangeEnd().size();
            case Operation.Txn txn -> {
                int size = TXN + of(txn.success()) + of(txn.failure());
                for (Compare compare : txn.compares()) {
                    size += COMPARE
                            + compare.key().size()
                            + compare.rangeEnd().size()
                            + compare.value().size();
                }
                yield size;
            }
            case Operation.SubmitChange submit ->
                CHANGE + submit.text().size() + submit.signature().size() + ofValues(submit.values());
            case Operation.StageValues stage -> STAGE + ofValues(stage.values());
            case Operation.EndorseChange endorse ->
                CHANGE + endorse.text().size() + endorse.signature().size();
            case Operation.SignedWrite write -> SIGNED + write.signature().size() + of(write.operation());
            case Operation.Unique unique -> UNIQUE + of(unique.operation());
            case Operation.OnBehalf onBehalf -> ON_BEHALF + onBehalf.user().size() + of(onBehalf.operation());
            case AuthOperation auth -> AUTH + of(auth);
            case Operation.Compact _, Operation.OpenSession _, UpkeepOperation _ -> OTHER;
            case LeaseOperation.Grant _, LeaseOperation.Revoke _ -> LEASE;
            case LeaseOperation.KeepAlive keepAlive ->
                OTHER + Long.BYTES * keepAlive.ids().size();
        };
    }

    private static int of(AuthOperation operation) {
        return switch (operation) {
            case AuthOperation.Enable _, AuthOperation.Disable _ -> 0;
            case AuthOperation.UserAdd add -> ofStrings(add.name(), add.passwordHash()) + FLAG;
            case AuthOperation.UserDelete delete -> ofStrings(delete.name());
            case AuthOperation.UserChangePassword change -> ofStrings(change.name(), change.passwordHash());
            case AuthOperation.UserGrantRole grant -> ofStrings(grant.user(), grant.role());
            case AuthOperation.UserRevokeRole revoke -> ofStrings(revoke.name(), revoke.role());
            case AuthOperation.RoleAdd add -> ofStrings(add.name());
            case AuthOperation.RoleDelete delete -> ofStrings(delete.name());
            case AuthOperation.RoleGrantPermission grant ->
                ofStrings(
                                grant.role(),
                                grant.permission().key(),
                                grant.permission().rangeEnd())
                        + FLAG;
            case AuthOperation.RoleRevokePermission revoke -> ofStrings(revoke.role(), revoke.key(), revoke.rangeEnd());
        };
    }

    private static int ofStrings(Bytes... strings) {
        int size = 0;
        for (Bytes string : strings) {
            size += STRING + string.size();
        }
        return size;
    }

    private static int ofValues(List<Bytes> values) {
        int size = 0;
        for (Bytes value : values) {
            size += VALUE + value.size();
        }
        return size;
    }

    private static int of(List<Operation> operations) {
        int size = LIST;
        for (Operation operation : operations) {
            size += of(operation);
        }
        return size;
    }
}
