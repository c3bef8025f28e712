package dev.cairn.server.proven;

import dev.cairn.kv.KvState;
import dev.cairn.kv.Proof;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.model.Space;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Block;

/** Makes proofs of committed states. From any thread; may read from disk. */
public interface ProofSource {
    /** More than any single value; with a head it fits into the 4 MiB that gRPC takes as one message by default. */
    int MAX_PROOF_BYTES = 3 << 20;

    /** Of a receipt nobody can ask for less; with a head it fits into the 16 MiB that our client takes. */
    int MAX_RECEIPT_BYTES = 12 << 20;

    Proof prove(KvState state, Question.OfState question);

    /** What became of the request at {@code index}; {@code state} is that after the block. */
    Proof receipt(KvState state, Block block, int index);

    /** The newest revision that changed a key of the span at {@code state}. Never reads from disk. */
    long newestRevision(KvState state, Space space, KeySpan span);
}
