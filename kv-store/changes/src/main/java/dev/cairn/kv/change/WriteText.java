package dev.cairn.kv.change;

import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.OperationCodec;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.List;

/**
 * What the holder of a key signs to have one operation done, without a change. Who signs it is who writes.
 *
 * @param chain the cluster
 * @param timeMicros since 1970, by the signer's clock; above that of all that the key signed before
 * @param operation SHA-256 of the operation's bytes, alone in a request
 */
public record WriteText(Digest chain, long timeMicros, Digest operation) {
    /** What the signature is for; those of changes are {@link Purpose}'s. */
    public static final String NAMESPACE = "write@cairn.dev";

    /** A write is taken in by blocks whose time is so far from its own at most. */
    public static final long MAX_SKEW_MICROS = 300_000_000;

    public static WriteText of(Digest chain, long timeMicros, Operation operation) {
        Bytes encoded = OperationCodec.encode(List.of(operation));
        return new WriteText(chain, timeMicros, Hashing.sha256(encoded.shared()));
    }

    public static WriteText of(Digest chain, Operation.SignedWrite write) {
        return of(chain, write.timeMicros(), write.operation());
    }

    /** The one text. */
    public Bytes text() {
        return Bytes.utf8("cairn-write-1\nchain " + chain.toHex() + "\nmicros " + timeMicros + "\noperation "
                + operation.toHex() + "\n");
    }
}
