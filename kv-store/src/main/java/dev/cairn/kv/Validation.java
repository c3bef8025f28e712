package dev.cairn.kv;

import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.UpkeepOperation;
import dev.cairn.protocol.model.Bytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * The checks that need no state, in etcd's order: syntax first, the duplicate rule last. The server asks before a
 * request is logged, and execution asks again, because not every gateway is honest.
 */
public final class Validation {
    private final Limits limits;

    private Validation(Limits limits) {
        this.limits = limits;
    }

    /** The first error, if any. */
    public static Optional<KvError> check(Operation operation, Limits limits) {
        return new Validation(limits).check(operation, limits.txnOperations());
    }

    private Optional<KvError> check(Operation operation, int allowedOperations) {
        return switch (operation) {
            case Operation.Put put -> checkPut(put);
            case Operation.DeleteRange delete -> requireKey(delete.key());
            case Operation.Range range -> requireKey(range.key());
            case Operation.Txn txn -> checkTxn(txn, allowedOperations);
            case Operation.Unique unique -> checkUnique(unique.operation(), allowedOperations);
            case Operation.SignedWrite write -> checkSigned(write.operation(), allowedOperations);
            case LeaseOperation lease -> checkLease(lease);
            case Operation.OnBehalf onBehalf -> checkOnBehalf(onBehalf.operation(), allowedOperations);
            case Operation.Compact _,
                    Operation.OpenSession _,
                    UpkeepOperation _,
                    Operation.SubmitChange _,
                    Operation.EndorseChange _,
                    Operation.StageValues _,
                    AuthOperation _ -> Optional.empty();
        };
    }

    private Optional<KvError> checkUnique(Operation operation, int allowedOperations) {
        return switch (operation) {
            case Operation.OpenSession _, Operation.Unique _ -> Optional.of(KvError.MALFORMED);
            case Operation.Put _,
                    Operation.DeleteRange _,
                    Operation.Range _,
                    Operation.Txn _,
                    Operation.Compact _,
                    Operation.SubmitChange _,
                    Operation.EndorseChange _,
                    Operation.StageValues _,
                    Operation.SignedWrite _,
                    LeaseOperation _,
                    Operation.OnBehalf _,
                    AuthOperation _,
                    UpkeepOperation _ -> check(operation, allowedOperations);
        };
    }

    private static Optional<KvError> checkLease(LeaseOperation operation) {
        return switch (operation) {
            case LeaseOperation.Grant grant -> grant.id() == 0 ? Optional.of(KvError.MALFORMED) : Optional.empty();
            case LeaseOperation.Revoke _ -> Optional.empty();
            case LeaseOperation.KeepAlive(List<Long> ids) ->
                ids.size() > LeaseOperation.KeepAlive.MAX_IDS ? Optional.of(KvError.TOO_MANY_OPS) : Optional.empty();
        };
    }

    /** What somebody's signature decides on, nobody asks for on another's behalf. */
    private Optional<KvError> checkOnBehalf(Operation operation, int allowedOperations) {
        return switch (operation) {
            case Operation.Put _,
                    Operation.DeleteRange _,
                    Operation.Range _,
                    Operation.Txn _,
                    Operation.Compact _,
                    LeaseOperation.Grant _,
                    LeaseOperation.Revoke _,
                    UpkeepOperation _,
                    AuthOperation _ -> check(operation, allowedOperations);
            case Operation.OpenSession _,
                    LeaseOperation.KeepAlive _,
                    Operation.SubmitChange _,
                    Operation.EndorseChange _,
                    Operation.StageValues _,
                    Operation.SignedWrite _,
                    Operation.Unique _,
                    Operation.OnBehalf _ -> Optional.of(KvError.MALFORMED);
        };
    }

    private Optional<KvError> checkSigned(Operation operation, int allowedOperations) {
        return switch (operation) {
            case Operation.Put _, Operation.DeleteRange _, Operation.Txn _ -> check(operation, allowedOperations);
            case Operation.Range _,
                    Operation.Compact _,
                    Operation.OpenSession _,
                    UpkeepOperation _,
                    Operation.SubmitChange _,
                    Operation.EndorseChange _,
                    Operation.StageValues _,
                    Operation.SignedWrite _,
                    Operation.Unique _,
                    LeaseOperation _,
                    Operation.OnBehalf _,
                    AuthOperation _ -> Optional.of(KvError.MALFORMED);
        };
    }

    private static Optional<KvError> requireKey(Bytes key) {
        return key.isEmpty() ? Optional.of(KvError.KEY_NOT_PROVIDED) : Optional.empty();
    }

    private static Optional<KvError> checkPut(Operation.Put put) {
        if (put.key().isEmpty()) {
            return Optional.of(KvError.KEY_NOT_PROVIDED);
        }
        if (put.ignoreValue() && !put.value().isEmpty()) {
            return Optional.of(KvError.VALUE_PROVIDED);
        }
        if (put.ignoreLease() && put.lease() != 0) {
            return Optional.of(KvError.LEASE_PROVIDED);
        }
        return Optional.empty();
    }

    private Optional<KvError> checkTxn(Operation.Txn txn, int allowedOperations) {
        Optional<KvError> syntax = checkTxnSyntax(txn, allowedOperations);
        if (syntax.isPresent() || allowedOperations < limits.txnOperations()) {
            return syntax;
        }
        boolean duplicates =
                Writes.of(txn.success()).isEmpty() || Writes.of(txn.failure()).isEmpty();
        return duplicates ? Optional.of(KvError.DUPLICATE_KEY) : Optional.empty();
    }

    private Optional<KvError> checkTxnSyntax(Operation.Txn txn, int allowedOperations) {
        int used = Math.max(
                txn.compares().size(),
                Math.max(txn.success().size(), txn.failure().size()));
        if (used > allowedOperations) {
            return Optional.of(KvError.TOO_MANY_OPS);
        }
        for (Compare compare : txn.compares()) {
            if (compare.key().isEmpty()) {
                return Optional.of(KvError.KEY_NOT_PROVIDED);
            }
        }
        for (List<Operation> branch : List.of(txn.success(), txn.failure())) {
            for (Operation operation : branch) {
                Optional<KvError> error = checkInner(operation, allowedOperations - used);
                if (error.isPresent()) {
                    return error;
                }
            }
        }
        return Optional.empty();
    }

    private Optional<KvError> checkInner(Operation operation, int allowedOperations) {
        return switch (operation) {
            case Operation.Txn txn -> checkTxnSyntax(txn, allowedOperations);
            case Operation.Compact _,
                    Operation.OpenSession _,
                    UpkeepOperation _,
                    Operation.SubmitChange _,
                    Operation.EndorseChange _,
                    Operation.StageValues _,
                    Operation.SignedWrite _,
                    Operation.Unique _,
                    LeaseOperation _,
                    Operation.OnBehalf _,
                    AuthOperation _ -> Optional.of(KvError.MALFORMED);
            case Operation.Put _, Operation.DeleteRange _, Operation.Range _ -> check(operation, allowedOperations);
        };
    }

    /**
     * What one branch of a transaction writes. A key may be put once, and no put may fall into a delete of the same list
     * or of a list nested in it; the two branches of one nested transaction may put the same key. As in etcd, a delete
     * without an end ("from this key on") overlaps nothing.
     */
    private record Writes(Set<Bytes> puts, List<KeySpan> deletes) {

        /** Nothing if the rule is broken. */
        static Optional<Writes> of(List<Operation> branch) {
            Writes writes = new Writes(new TreeSet<>(), new ArrayList<>());
            for (Operation operation : branch) {
                if (operation instanceof Operation.DeleteRange delete) {
                    writes.deletes.add(KeySpan.of(delete.key(), delete.rangeEnd()));
                }
            }
            for (Operation operation : branch) {
                if (operation instanceof Operation.Txn nested && !writes.include(nested)) {
                    return Optional.empty();
                }
            }
            for (Operation operation : branch) {
                if (operation instanceof Operation.Put put && !writes.include(put.key())) {
                    return Optional.empty();
                }
            }
            return Optional.of(writes);
        }

        private boolean include(Operation.Txn nested) {
            Optional<Writes> success = of(nested.success());
            Optional<Writes> failure = of(nested.failure());
            if (success.isEmpty() || failure.isEmpty()) {
                return false;
            }
            for (Bytes key : success.get().puts) {
                if (!include(key)) {
                    return false;
                }
            }
            for (Bytes key : failure.get().puts) {
                boolean alsoInSuccess = success.get().puts.contains(key);
                if (!alsoInSuccess && !include(key)) {
                    return false;
                }
            }
            deletes.addAll(success.get().deletes);
            deletes.addAll(failure.get().deletes);
            return true;
        }

        private boolean include(Bytes key) {
            boolean deleted = deletes.stream().anyMatch(span -> span.until().isPresent() && span.contains(key));
            return !deleted && puts.add(key);
        }
    }
}
