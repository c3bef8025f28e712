package dev.cairn.server.proven;

import dev.cairn.kv.KvState;
import dev.cairn.kv.Proof;
import dev.cairn.kv.model.KeySpan;
import dev.cairn.kv.proof.Question;
import dev.cairn.protocol.model.Block;

/** Makes proofs of committed states. From any thread; may read from disk. */
public interface ProofSource {
    /** Of each proof. With a head it fits into the 16 MiB that a client takes as one message. */
    int MAX_PROOF_BYTES = 12 << 20;

    Proof prove(KvState state, Question.OfState question);

    /** What became of the request at {@code index}; {@code state} is that after the block. */
    Proof receipt(KvState state, Block block, int index);

    /** The newest revision that changed a key of the span, clients' keys, at {@code state}. Never reads from disk. */
    long newestRevision(KvState state, KeySpan span);
}
