package dev.cairn.kv;

import dev.cairn.kv.model.Alarm;
import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.kv.tree.Leaf;
import java.util.List;
import java.util.Optional;

/**
 * What alarms and the quota keep out, as in etcd; asked of operations that nobody has signed alone. What people have signed is
 * never held back by an alarm that a gateway raised, nor by a store that others have filled: it has room of its own.
 */
final class Quota {
    /** What etcd reckons for a lease. */
    private static final long LEASE_BYTES = 64;

    private Quota() {}

    /** Which alarm keeps the operation from being done, whoever asks for it. */
    static Optional<KvError> alarm(Draft draft, Operation operation) {
        if (isWrite(operation) && Alarms.isRaised(draft, Alarm.Kind.CORRUPT)) {
            return Optional.of(KvError.CORRUPT);
        }
        return cost(operation) > 0 && Alarms.isRaised(draft, Alarm.Kind.NOSPACE)
                ? Optional.of(KvError.NO_SPACE)
                : Optional.empty();
    }

    /** Whether the operation exceeds the quota: then the alarm is raised. */
    static Optional<KvError> excess(Draft draft, Operation operation) {
        long cost = cost(operation);
        if (cost == 0) {
            return Optional.empty();
        }
        if (draft.tree.dataBytes() + cost <= draft.around.limits().quotaBytes()) {
            return Optional.empty();
        }
        // As many others as may be are raised: then this one is refused without.
        Outcome _ = Alarms.raise(draft, Alarm.FULL);
        return Optional.of(KvError.NO_SPACE);
    }

    /** What it may add: of a transaction its dearer branch. */
    static long cost(Operation operation) {
        return switch (operation) {
            case Operation.Put put ->
                (long) Leaf.DATA_FIXED_BYTES + put.key().size() + put.value().size();
            case Operation.Txn txn -> Math.max(cost(txn.success()), cost(txn.failure()));
            case Operation.DeleteRange _, Operation.Range _, Operation.Compact _, Operation.OpenSession _ -> 0;
            case LeaseOperation.Grant _ -> LEASE_BYTES;
            case LeaseOperation.Revoke _, LeaseOperation.KeepAlive _, UpkeepOperation _ -> 0;
            case Operation.OnBehalf onBehalf -> cost(onBehalf.operation());
            case AuthOperation _ -> 0;
            // Each is asked about when it is unwrapped, or is not asked about.
            case Operation.Unique _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _ -> 0;
        };
    }

    private static long cost(List<Operation> operations) {
        return operations.stream().mapToLong(Quota::cost).sum();
    }

    private static boolean isWrite(Operation operation) {
        return switch (operation) {
            case Operation.Put _, Operation.DeleteRange _, Operation.Compact _ -> true;
            case Operation.Txn txn ->
                txn.success().stream().anyMatch(Quota::isWrite)
                        || txn.failure().stream().anyMatch(Quota::isWrite);
            case LeaseOperation.Grant _, LeaseOperation.Revoke _ -> true;
            case Operation.Range _, Operation.OpenSession _, LeaseOperation.KeepAlive _, UpkeepOperation _ -> false;
            case Operation.OnBehalf onBehalf -> isWrite(onBehalf.operation());
            case AuthOperation _ -> false;
            case Operation.Unique _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _ -> false;
        };
    }
}
