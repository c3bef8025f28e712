package dev.cairn.kv.governed;

import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.KvError;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;

/** What etcd's clients write, and what the model makes of it. */
final class Writes {
    private final LedgerModel model;
    private final Dice dice;
    private final String value;

    Writes(LedgerModel model, Dice dice, String value) {
        this.model = model;
        this.dice = dice;
        this.value = value;
    }

    Operation draw() {
        return switch (dice.below(8)) {
            case 0 -> new Operation.Unique(new Digest(1, 2, 3, dice.next()), put());
            case 1, 2 -> txn(2);
            case 3 -> deleteRange();
            case 4 -> new Operation.DeleteRange(key(), Bytes.EMPTY, false);
            default -> put();
        };
    }

    /** As often as not one that is likely to be open. */
    private Bytes key() {
        return dice.inPercent(50) ? Bytes.utf8(dice.oneOf("o/1", "o/2", "o/g1")) : dice.pick(Drafts.KEYS);
    }

    private Operation.Put put() {
        return new Operation.Put(key(), Bytes.utf8(value), dice.inPercent(5) ? 7 : 0, false, false, false);
    }

    private Operation.DeleteRange deleteRange() {
        Bytes end =
                dice.oneOf(key(), Bytes.utf8("o0"), Bytes.utf8("o/z"), Bytes.utf8("zz"), Bytes.wrap(new byte[] {0}));
        return new Operation.DeleteRange(dice.oneOf(key(), Bytes.utf8("o/")), end, false);
    }

    /** One operation in each branch, or one more on a key that no other touches: etcd lets a key be written once. */
    private Operation.Txn txn(int depth) {
        Bytes key = key();
        Compare isAbsent = new Compare(Compare.Result.EQUAL, Compare.Target.VERSION, key, Bytes.EMPTY, 0, Bytes.EMPTY);
        return new Operation.Txn(List.of(isAbsent), branch(depth), branch(depth));
    }

    private List<Operation> branch(int depth) {
        List<Operation> branch = new ArrayList<>();
        int fate = dice.below(6);
        if (fate == 0) {
            branch.add(deleteRange());
            return branch;
        }
        if (fate < 3) {
            branch.add(new Operation.Put(Bytes.utf8("o/first"), Bytes.utf8(value), 0, false, false, false));
        }
        if (fate == 3 && depth > 0) {
            branch.add(txn(depth - 1));
        } else if (fate != 4) {
            branch.add(dice.inPercent(80) ? put() : new Operation.DeleteRange(key(), Bytes.EMPTY, false));
        }
        return branch;
    }

    // What it does.

    String perform(Operation operation) {
        return model.refusal(mayWrite(operation)).orElseGet(() -> switch (operation) {
            case Operation.Unique unique -> perform(unique.operation());
            case Operation.Put put -> put.lease() == 0 ? done(put) : model.failed(KvError.LEASE_NOT_FOUND);
            case Operation.DeleteRange delete -> done(delete);
            case Operation.Txn txn -> perform(txn);
            default -> throw new AssertionError("nobody draws " + operation);
        });
    }

    private static List<KeySpan> mayWrite(Operation operation) {
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
