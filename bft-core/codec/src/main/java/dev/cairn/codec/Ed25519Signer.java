package dev.cairn.codec;

import dev.cairn.protocol.Signer;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import java.util.concurrent.atomic.LongAdder;

/** Signs with one replica's vote key: its statements, and as a gateway the requests of its clients. */
public final class Ed25519Signer implements Signer {
    private final Ed25519 ed25519;
    private final Ed25519.SigningKey key;
    private final LongAdder made = new LongAdder();

    /** {@code seed} has 32 bytes. */
    public Ed25519Signer(Ed25519 ed25519, Bytes seed) {
        this.ed25519 = ed25519;
        this.key = ed25519.signingKey(seed);
    }

    @Override
    public Signature sign(Statement statement) {
        return sign(statement.encode());
    }

    /** A request to the chain {@code chainId}, signed by this replica as the client that {@code id} names. */
    public Request sign(Digest chainId, RequestId id, Bytes operations) {
        return new Request(id, operations, sign(Request.signedBytes(chainId, id, operations)));
    }

    public Bytes publicKey() {
        return key.publicKey();
    }

    /** How many signatures this signer has made. */
    public long made() {
        return made.sum();
    }

    private Signature sign(byte[] message) {
        made.increment();
        return new Signature(ed25519.sign(key, message));
    }
}
