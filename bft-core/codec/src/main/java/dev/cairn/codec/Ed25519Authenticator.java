package dev.cairn.codec;

import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;

/**
 * Checks Ed25519 signatures of an epoch's members. A request's client is a replica in its role as a gateway and signs
 * with its vote key; what keeps a vote from passing for a request is the tag that both preimages begin with.
 */
public final class Ed25519Authenticator extends Authenticator {
    private final Digest chainId;
    private final Ed25519 ed25519;
    private final List<Ed25519.VerifyingKey> keys = new ArrayList<>();
    private final VerifiedRequests known = new VerifiedRequests();
    private final LongAdder verified = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** Refuses, by {@link IllegalArgumentException}, a member whose key is no valid one. */
    public Ed25519Authenticator(Ed25519 ed25519, Genesis genesis) {
        super(genesis.chainId(), genesis.membership());
        this.chainId = genesis.chainId();
        this.ed25519 = ed25519;
        List<Bytes> members = genesis.membership().voteKeys();
        for (int i = 0; i < members.size(); i++) {
            int index = i;
            keys.add(ed25519.verifyingKey(members.get(i))
                    .orElseThrow(() -> new IllegalArgumentException(
                            "the vote key of replica " + index + " is no valid Ed25519 key")));
        }
    }

    @Override
    protected boolean isSigned(ReplicaId signer, Statement statement, Signature signature) {
        return isSigned(keys.get(signer.index()), statement.encode(), signature);
    }

    @Override
    protected boolean isSigned(Request request) {
        int client = request.id().client().number();
        if (client < 0 || client >= keys.size()) {
            return false;
        }
        byte[] message = request.signedBytes(chainId);
        Digest digest = Hashing.sha256(message);
        if (known.contains(digest, request.signature())) {
            return true;
        }
        boolean signed = isSigned(keys.get(client), message, request.signature());
        if (signed) {
            known.add(digest, request.signature());
        }
        return signed;
    }

    /** Notes that this replica has just signed the request, so that it is not verified when a block brings it back. */
    public void trust(Request own) {
        known.add(own.digest(chainId), own.signature());
    }

    /** Signatures that were checked by arithmetic; those remembered do not count. */
    public long verified() {
        return verified.sum();
    }

    /** Those of them that did not hold. */
    public long refused() {
        return refused.sum();
    }

    private boolean isSigned(Ed25519.VerifyingKey key, byte[] message, Signature signature) {
        verified.increment();
        boolean holds = ed25519.verify(key, message, signature.bytes());
        if (!holds) {
            refused.increment();
        }
        return holds;
    }
}
