package dev.cairn.server.etcd;

import dev.cairn.kv.model.Compare;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.Bytes;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What locks and elections have in common: everybody who wants a name puts a key below it, and has it when no key that
 * was created earlier is left. Keys are etcd's, so that its clients' recipes and these wait for each other.
 */
final class Recipes {
    private static final Bytes ALL = Bytes.wrap(new byte[] {0});

    private Recipes() {}

    /** A caller, who may leave while it waits. */
    static final class Caller {
        private final CompletableFuture<Void> left = new CompletableFuture<>();

        /** What it waits for ends when it leaves. */
        void waitFor(CompletableFuture<?> next) {
            var _ = left.whenComplete((_, why) -> {
                if (why != null) {
                    next.completeExceptionally(why);
                }
            });
        }

        void leave(EtcdError why) {
            left.completeExceptionally(why.exception());
        }

        boolean hasLeft() {
            return left.isDone();
        }
    }

    static Bytes prefix(Bytes name) {
        return joined(name, "/");
    }

    /** As Go prints the number of a lease. */
    static Bytes key(Bytes prefix, long lease) {
        return joined(prefix, (lease < 0 ? "-" : "") + Long.toHexString(Math.abs(lease)));
    }

    private static Bytes joined(Bytes bytes, String text) {
        byte[] tail = Bytes.utf8(text).shared();
        byte[] all = Arrays.copyOf(bytes.shared(), bytes.size() + tail.length);
        System.arraycopy(tail, 0, all, bytes.size(), tail.length);
        return Bytes.wrap(all);
    }

    static Operation.Put put(Bytes key, Bytes value, long lease) {
        return new Operation.Put(key, value, lease, false, false, false);
    }

    static Operation.DeleteRange delete(Bytes key) {
        return new Operation.DeleteRange(key, Bytes.EMPTY, false);
    }

    static Operation.Range get(Bytes key) {
        return Operation.Range.all(key, Bytes.EMPTY);
    }

    /** The key below the prefix that was created first. */
    static Operation.Range first(Bytes prefix) {
        return one(prefix, Operation.SortOrder.ASCEND, 0);
    }

    private static Operation.Range one(Bytes prefix, Operation.SortOrder order, long maxCreateRevision) {
        Bytes end = KeySpan.prefix(prefix).until().orElse(ALL);
        return new Operation.Range(
                prefix, end, 1, 0, order, Operation.SortTarget.CREATE, false, false, 0, 0, 0, maxCreateRevision);
    }

    /** Does it only if the key was created at that revision; 0 means that it is not there. */
    static Operation.Txn ifCreatedAt(Bytes key, long revision, List<Operation> then, List<Operation> otherwise) {
        Compare created =
                new Compare(Compare.Result.EQUAL, Compare.Target.CREATE, key, Bytes.EMPTY, revision, Bytes.EMPTY);
        return new Operation.Txn(List.of(created), then, otherwise);
    }

    /** Done when nothing below the prefix is left that was created before that revision. */
    static CompletableFuture<Void> turn(LocalClient client, Bytes prefix, long createRevision, Caller caller) {
        CompletableFuture<Outcome.Ranged> before =
                client.range(one(prefix, Operation.SortOrder.DESCEND, createRevision - 1));
        return before.thenCompose(found -> {
            if (found.versions().isEmpty()) {
                return CompletableFuture.completedFuture(null);
            }
            CompletableFuture<Void> gone =
                    client.deletion(found.versions().getFirst().key(), found.revision());
            caller.waitFor(gone);
            return gone.thenCompose(_ -> turn(client, prefix, createRevision, caller));
        });
    }
}
