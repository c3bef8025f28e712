package dev.cairn.genesis;

/**
 * What the store takes from clients; as in etcd, but the same on every replica. A genesis document says them only where they
 * are not {@link #DEFAULT}.
 *
 * @param quotaBytes what the newest versions of all keys may hold, as etcd counts a put's cost, before what nobody has signed
 *     adds nothing any more; 0 is no quota
 * @param maxTxnOperations in one list of a transaction
 * @param maxRequestBytes of a client's message
 */
public record StoreLimits(long quotaBytes, int maxTxnOperations, int maxRequestBytes) {
    /** etcd's. */
    public static final StoreLimits DEFAULT = new StoreLimits(2L << 30, 128, 1_536 << 10);

    private static final int MOST_TXN_OPERATIONS = 4096;
    private static final int LEAST_REQUEST_BYTES = 4 << 10;
    /** A block takes 4 MiB unless its parameters say otherwise; what does not fit into one is refused whatever this says. */
    private static final int MOST_REQUEST_BYTES = 64 << 20;

    public StoreLimits {
        if (quotaBytes < 0) {
            throw new IllegalArgumentException("the quota is " + quotaBytes + " bytes; 0 is none");
        }
        require("operations in a transaction", maxTxnOperations, 1, MOST_TXN_OPERATIONS);
        require("bytes in a request", maxRequestBytes, LEAST_REQUEST_BYTES, MOST_REQUEST_BYTES);
    }

    private static void require(String what, int value, int least, int most) {
        if (value < least || value > most) {
            throw new IllegalArgumentException(value + " " + what + " are not " + least + " to " + most);
        }
    }
}
