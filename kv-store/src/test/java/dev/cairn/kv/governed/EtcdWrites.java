package dev.cairn.kv.governed;

import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.Operation;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import java.util.ArrayList;
import java.util.List;

/** Draws what etcd's clients write. */
public final class EtcdWrites {
    private final Dice dice;
    private final String value;

    private EtcdWrites(Dice dice, String value) {
        this.dice = dice;
        this.value = value;
    }

    public static Operation draw(Dice dice, String value) {
        return new EtcdWrites(dice, value).operation();
    }

    private Operation operation() {
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
        return dice.inPercent(50) ? Bytes.utf8(dice.oneOf("o/1", "o/1", "o/2", "o/g1")) : dice.pick(Drafts.KEYS);
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
}
