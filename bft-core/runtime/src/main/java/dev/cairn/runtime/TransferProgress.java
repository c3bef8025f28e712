package dev.cairn.runtime;

import dev.cairn.protocol.model.Height;

/**
 * How far a state that is being fetched has come.
 *
 * @param anchor the height that it belongs to
 * @param chunks parts that were proven and stored
 * @param bytes their size as they came
 */
public record TransferProgress(Height anchor, long chunks, long bytes) {
    TransferProgress plus(int chunkBytes) {
        return new TransferProgress(anchor, chunks + 1, bytes + chunkBytes);
    }
}
