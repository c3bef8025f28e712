package dev.cairn.kv.auth;

import dev.cairn.kv.model.AuthOperation;
import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.LeaseOperation;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.UpkeepOperation;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** One look at the whole of what one user asks of keys. What it finds out about a lease it finds out once. */
final class Inspection {
    private final Permitted user;
    private final Attachments attachments;
    private final Map<Long, Boolean> leases = new TreeMap<>();

    Inspection(Permitted user, Attachments attachments) {
        this.user = user;
        this.attachments = attachments;
    }

    boolean permits(Operation operation) {
        return switch (operation) {
            case Operation.Put put -> {
                KeySpan key = KeySpan.single(put.key());
                yield user.mayWrite(key) && (!put.prevKv() || user.mayRead(key)) && mayAttachTo(put.lease());
            }
            case Operation.DeleteRange delete -> {
                KeySpan span = KeySpan.of(delete.key(), delete.rangeEnd());
                yield user.mayWrite(span) && (!delete.prevKv() || user.mayRead(span));
            }
            case Operation.Range range -> user.mayRead(KeySpan.of(range.key(), range.rangeEnd()));
            case Operation.Txn txn ->
                permitsCompares(txn.compares()) && permitsAll(txn.success()) && permitsAll(txn.failure());
            case Operation.Compact _,
                    Operation.OpenSession _,
                    Operation.SubmitChange _,
                    Operation.StageValues _,
                    Operation.EndorseChange _,
                    Operation.SignedWrite _,
                    Operation.Unique _,
                    Operation.OnBehalf _,
                    LeaseOperation _,
                    UpkeepOperation _,
                    AuthOperation _ -> false;
        };
    }

    private boolean permitsCompares(List<Compare> compares) {
        return compares.stream().allMatch(compare -> user.mayRead(KeySpan.of(compare.key(), compare.rangeEnd())));
    }

    private boolean permitsAll(List<Operation> operations) {
        return operations.stream().allMatch(this::permits);
    }

    /** A transaction may have many puts to one lease, and that lease many keys. */
    private boolean mayAttachTo(long lease) {
        return lease == 0 || leases.computeIfAbsent(lease, id -> user.mayWriteAll(attachments, id));
    }
}
