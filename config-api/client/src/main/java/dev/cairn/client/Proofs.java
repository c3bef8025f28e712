package dev.cairn.client;

import dev.cairn.kv.model.KeyValue;
import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.proof.Answer;
import dev.cairn.kv.proof.Verification;

/** From the verifier's words to this client's. */
final class Proofs {
    private Proofs() {}

    static <A extends Answer> A require(Verification<A> verification) throws RefusedException {
        return switch (verification) {
            case Verification.Proven<A>(A answer) -> answer;
            case Verification.Refused<A> refused ->
                throw new RefusedException(
                        new Refusal.Unproven(refused.reason().sentence() + " (" + refused.detail() + ")"));
        };
    }

    /** A version that came with its value. */
    static KeyValue record(KeyVersion version) {
        return new KeyValue(
                version.key(),
                version.createRevision(),
                version.modRevision(),
                version.version(),
                version.lease(),
                version.value().resident().orElseThrow());
    }
}
