package dev.cairn.server.auth;

import dev.cairn.codec.Ed25519;
import dev.cairn.genesis.GenesisFile;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import java.util.ArrayList;
import java.util.List;

/**
 * Signs tokens with this replica's vote key, and knows the other members'. Nothing that is signed here can pass for anything that
 * the protocol signs: all of that begins with a tag of {@link dev.cairn.protocol.model.Hashing}, which no token does.
 */
public final class TokenKeys {
    private final Digest chainId;
    private final ReplicaId self;
    private final Ed25519 ed25519 = Ed25519.fastest();
    private final Ed25519.SigningKey own;
    private final List<Ed25519.VerifyingKey> members = new ArrayList<>();

    /**
     * Those of a cluster, at one of its replicas.
     *
     * @param voteSeed this replica's, 32 bytes
     */
    public TokenKeys(GenesisFile genesis, ReplicaId self, Bytes voteSeed) {
        this.chainId = genesis.chainId();
        this.self = self;
        this.own = ed25519.signingKey(voteSeed);
        for (GenesisFile.Member member : genesis.replicas()) {
            members.add(ed25519.verifyingKey(member.voteKey())
                    .orElseThrow(() -> new IllegalArgumentException("a member's vote key is no valid Ed25519 key")));
        }
    }

    Digest chainId() {
        return chainId;
    }

    ReplicaId self() {
        return self;
    }

    Bytes sign(byte[] message) {
        return ed25519.sign(own, message);
    }

    /** Whether that member signed the message; false, never an exception, for any bytes. */
    boolean isSigned(int member, byte[] message, Bytes signature) {
        return member >= 0 && member < members.size() && ed25519.verify(members.get(member), message, signature);
    }
}
