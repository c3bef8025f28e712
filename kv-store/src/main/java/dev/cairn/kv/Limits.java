package dev.cairn.kv;

/**
 * Caps on what one operation may cost, the same on every replica. Above a cap an operation executes as an error.
 *
 * @param keysVisited keys that one operation may look at
 * @param bytesMoved bytes of keys and values that one operation may hand out
 * @param txnOperations operations in one list of a transaction, as etcd's max-txn-ops
 * @param treeBytes what the tree may hold in memory, as {@link dev.cairn.kv.tree.Tree#weightBytes} counts; above it
 *     nothing is put, but deleting and compacting go on
 * @param sessionsPerClient open sessions a client may have; the one used longest ago goes first
 */
public record Limits(long keysVisited, long bytesMoved, int txnOperations, long treeBytes, int sessionsPerClient) {
    /** The last eighth is for signed changes: whoever fills the store without signatures does not block them. */
    long openTreeBytes() {
        return treeBytes - treeBytes / 8;
    }

    public static final Limits DEFAULT = new Limits(200_000, 64L << 20, 128, 128L << 20, 16);
}
