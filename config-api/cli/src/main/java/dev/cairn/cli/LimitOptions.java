package dev.cairn.cli;

import dev.cairn.genesis.StoreLimits;
import picocli.CommandLine.Option;

/** What the store of a new cluster takes from clients; unless it is said, what etcd's does. */
final class LimitOptions {
    @Option(
            names = "--quota-bytes",
            defaultValue = "2147483648",
            paramLabel = "BYTES",
            description = "What all keys and values may hold before the NOSPACE alarm; 0 is no quota. Default:"
                    + " ${DEFAULT-VALUE}.")
    private long quotaBytes;

    @Option(
            names = "--max-txn-ops",
            defaultValue = "128",
            paramLabel = "N",
            description = "Operations in one list of a transaction. Default: ${DEFAULT-VALUE}.")
    private int maxTxnOperations;

    @Option(
            names = "--max-request-bytes",
            defaultValue = "1572864",
            paramLabel = "BYTES",
            description = "What a client's request may be; with its copy in a block it is 4 MiB at most. Default:"
                    + " ${DEFAULT-VALUE}.")
    private int maxRequestBytes;

    /** The limits, or an {@link IllegalArgumentException} that says what is wrong with them. */
    StoreLimits limits() {
        return new StoreLimits(quotaBytes, maxTxnOperations, maxRequestBytes);
    }
}
