package dev.cairn.simulator;

import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.BigEndian;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;

/** Signatures that cost almost nothing and that, inside the simulation, only their owner makes. */
final class SimCrypto extends Authenticator {
    SimCrypto(Genesis genesis) {
        super(genesis.chainId(), genesis.membership());
    }

    static Signature sign(ReplicaId signer, Statement statement) {
        long hash = mix(signer.index() + 1);
        hash = mix(hash ^ statement.kind().name().hashCode());
        hash = mix(hash ^ statement.epoch().number());
        hash = mix(hash ^ statement.view().number());
        hash = mix(hash ^ statement.height().value());
        return seal(mix(hash ^ fold(statement.subject())));
    }

    static Signature sign(Request request) {
        long hash = mix(request.id().client().number() + 77L);
        hash = mix(hash ^ request.id().session());
        hash = mix(hash ^ request.id().sequence());
        return seal(mix(hash ^ request.operations().hashCode()));
    }

    @Override
    protected boolean isSigned(ReplicaId signer, Statement statement, Signature signature) {
        return sign(signer, statement).equals(signature);
    }

    @Override
    protected boolean isSigned(Request request) {
        return sign(request).equals(request.signature());
    }

    private static Signature seal(long hash) {
        byte[] bytes = new byte[8];
        BigEndian.putLong(bytes, 0, hash);
        return new Signature(Bytes.wrap(bytes));
    }

    private static long fold(Digest digest) {
        return mix(digest.a()) ^ mix(digest.b() + 1) ^ mix(digest.c() + 2) ^ mix(digest.d() + 3);
    }

    /** The finaliser of SplitMix64. */
    private static long mix(long z) {
        z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
        return z ^ (z >>> 31);
    }
}
