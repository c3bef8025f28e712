package dev.cairn.kv;

import dev.cairn.kv.model.KvError;
import dev.cairn.protocol.model.Bytes;

/** A proof in the bytes of docs/proofs.md, or why there is none. */
public sealed interface Proof {

    record Made(Bytes bytes) implements Proof {}

    /**
     * COMPACTED or FUTURE_REVISION, as for a read, or if what it takes has just been removed; TOO_COSTLY above the
     * {@link Limits} of one operation.
     */
    record Failed(KvError error) implements Proof {}
}
