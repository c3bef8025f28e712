package dev.cairn.kv.governed;

import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import java.util.ArrayList;
import java.util.List;

/** What the model makes of what etcd's clients write. */
final class EtcdModel {
    private final LedgerModel model;

    EtcdModel(LedgerModel model) {
        this.model = model;
    }

    String perform(Operation operation) {
        return model.refusal(mayWrite(operation)).orElseGet(() -> admitted(operation));
    }

    /** If nothing stands against it. */
    String admitted(Operation operation) {
        return switch (operation) {
            case Operation.Unique unique -> perform(unique.operation());
            case Operation.Put put -> put.lease() == 0 ? done(put) : model.failed(KvError.LEASE_NOT_FOUND);
            case Operation.DeleteRange delete -> done(delete);
            case Operation.Txn txn -> perform(txn);
            default -> throw new AssertionError("nobody draws " + operation);
        };
    }

    static List<KeySpan> mayWrite(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> List.of(KeySpan.single(put.key()));
            case Operation.DeleteRange delete -> List.of(KeySpan.of(delete.key(), delete.rangeEnd()));
            case Operation.Unique unique -> mayWrite(unique.operation());
            case Operation.Txn txn -> {
                List<KeySpan> all = new ArrayList<>();
                txn.success().forEach(each -> all.addAll(mayWrite(each)));
                txn.failure().forEach(each -> all.addAll(mayWrite(each)));
                yield all;
            }
            default -> List.of();
        };
    }

    /** What a lease may be attached to. */
    static List<KeySpan> leased(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> put.lease() == 0 ? List.of() : List.of(KeySpan.single(put.key()));
            case Operation.Txn txn -> {
                List<KeySpan> all = new ArrayList<>();
                txn.success().forEach(each -> all.addAll(leased(each)));
                txn.failure().forEach(each -> all.addAll(leased(each)));
                yield all;
            }
            default -> List.of();
        };
    }

    private String perform(Operation.Txn txn) {
        List<Operation> chosen = chosen(txn);
        if (chosen.stream().anyMatch(each -> each instanceof Operation.Put put && put.lease() != 0)) {
            return model.failed(KvError.LEASE_NOT_FOUND);
        }
        boolean succeeded = holds(txn);
        long before = model.keys.revision++;
        boolean writes = false;
        for (Operation each : chosen) {
            writes |= write(each);
        }
        model.keys.revision = writes ? before + 1 : before;
        return Shown.done("Txn " + succeeded, model.keys.revision);
    }

    private boolean holds(Operation.Txn txn) {
        return model.keys.get(txn.compares().getFirst().key()).isEmpty();
    }

    /** All that will be done, by conditions on the state before. */
    private List<Operation> chosen(Operation.Txn txn) {
        List<Operation> all = new ArrayList<>();
        for (Operation each : holds(txn) ? txn.success() : txn.failure()) {
            if (each instanceof Operation.Txn nested) {
                all.addAll(chosen(nested));
            } else {
                all.add(each);
            }
        }
        return all;
    }

    private String done(Operation.Put put) {
        model.keys.revision++;
        write(put);
        return Shown.done("Put", model.keys.revision);
    }

    private String done(Operation.DeleteRange delete) {
        KeySpan span = KeySpan.of(delete.key(), delete.rangeEnd());
        int count = model.keys.count(span);
        model.keys.revision += count > 0 ? 1 : 0;
        write(delete);
        return Shown.done("Deleted " + count, model.keys.revision);
    }

    /** In the revision that has begun; whether there was anything to do. */
    private boolean write(Operation operation) {
        if (operation instanceof Operation.Put put) {
            model.keys.put(put.key(), put.value());
            return true;
        }
        Operation.DeleteRange delete = (Operation.DeleteRange) operation;
        KeySpan span = KeySpan.of(delete.key(), delete.rangeEnd());
        boolean any = model.keys.count(span) > 0;
        model.keys.delete(span);
        return any;
    }
}
