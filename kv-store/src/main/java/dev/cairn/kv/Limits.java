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
 * @param quotaBytes what {@link dev.cairn.kv.tree.Tree#dataBytes} may count to before unsigned operations add nothing any more
 */
public record Limits(
        long keysVisited, long bytesMoved, int txnOperations, long treeBytes, int sessionsPerClient, long quotaBytes) {
    /** With a quota that nothing reaches. */
    public Limits(long keysVisited, long bytesMoved, int txnOperations, long treeBytes, int sessionsPerClient) {
        this(keysVisited, bytesMoved, txnOperations, treeBytes, sessionsPerClient, Long.MAX_VALUE);
    }

    /** With other limits of what clients may ask; a quota of 0 is none. */
    public Limits with(int otherTxnOperations, long otherQuotaBytes) {
        long quota = otherQuotaBytes == 0 ? Long.MAX_VALUE : otherQuotaBytes;
        return new Limits(keysVisited, bytesMoved, otherTxnOperations, treeBytes, sessionsPerClient, quota);
    }

    /** The last eighth is for signed changes: whoever fills the store without signatures does not block them. */
    public long openTreeBytes() {
        return treeBytes - treeBytes / 8;
    }

    public static final Limits DEFAULT = new Limits(200_000, 64L << 20, 128, 128L << 20, 16, 2L << 30);
}
