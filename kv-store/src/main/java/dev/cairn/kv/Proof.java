package dev.cairn.kv;

import dev.cairn.kv.model.KvError;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** A proof in the bytes of docs/proofs.md, or why there is none. */
public sealed interface Proof {

    record Made(Bytes bytes) implements Proof {}

    /** COMPACTED or FUTURE_REVISION, as for a read, or if what it takes has just been removed. */
    record Failed(KvError error) implements Proof {}

    /**
     * Larger than it may be, or above the {@link Limits} of one operation: ask for less.
     *
     * @param entries about how many entries of the answer would fit, for whoever asks again with a limit
     * @param until the key before which the answer would about fit, for whoever asks again of a part of the span; absent
     *     where no part is smaller
     */
    record TooLarge(long entries, Optional<Bytes> until) implements Proof {}
}
