package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.Height;

/**
 * The protocol's constants, the same on every replica (their hash is in each header). Simulated worlds draw small ones.
 *
 * @param window how many blocks may be proposed past the last committed one (W)
 * @param checkpointInterval blocks between checkpoints
 * @param maxBlockBytes a block's greatest size
 * @param batchBytes the primary stops filling a block here
 * @param maxFutureNanos how far a proposed time may be ahead of a replica's clock
 * @param maxPastNanos how far it may be behind
 */
public record Parameters(
        int window, int checkpointInterval, int maxBlockBytes, int batchBytes, long maxFutureNanos, long maxPastNanos) {
    public static final Parameters DEFAULT = new Parameters(16, 256, 4 << 20, 1 << 20, 500_000_000L, 2_000_000_000L);

    /** Each costs every replica a signature check. */
    public static final int MAX_BLOCK_REQUESTS = 1024;

    public Parameters {
        if (window < 1
                || maxBlockBytes < (1 << 13)
                || checkpointInterval < 1
                || batchBytes < 1
                || maxBlockBytes < batchBytes) {
            throw new IllegalArgumentException("parameters out of bounds");
        }
    }

    /** The largest request that fits into a block with its header. */
    public int maxRequestBytes() {
        return maxBlockBytes - (1 << 12);
    }

    /** Whether a block is within its bounds. */
    public boolean allows(Block block) {
        return block.sizeBytes() <= maxBlockBytes && block.requests().size() <= MAX_BLOCK_REQUESTS;
    }

    boolean isCheckpoint(Height height) {
        return height.value() > 0 && height.value() % checkpointInterval == 0;
    }

    /** Heights above the committed one at which proposals and votes are accepted at all (3W). */
    public int horizon() {
        return 3 * window;
    }

    public Digest digest() {
        return Hashing.sha256(new ByteWriter(64)
                .putByte(Hashing.TAG_PARAMETERS)
                .putByte(Hashing.SUITE)
                .putInt(window)
                .putInt(checkpointInterval)
                .putInt(maxBlockBytes)
                .putInt(batchBytes)
                .putLong(maxFutureNanos)
                .putLong(maxPastNanos)
                .toArray());
    }
}
