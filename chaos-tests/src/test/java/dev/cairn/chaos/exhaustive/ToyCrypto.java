package dev.cairn.chaos.exhaustive;

import dev.cairn.protocol.Authenticator;
import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Signature;
import dev.cairn.protocol.model.Statement;

/** A signature is the statement itself behind its signer's index: cheap, and two of them are equal only if they should be. */
final class ToyCrypto extends Authenticator {
    ToyCrypto(Genesis genesis) {
        super(genesis.chainId(), genesis.membership());
    }

    static Signature sign(ReplicaId signer, Statement statement) {
        byte[] encoded = statement.encode();
        byte[] bytes = new byte[encoded.length + 1];
        bytes[0] = (byte) signer.index();
        System.arraycopy(encoded, 0, bytes, 1, encoded.length);
        return new Signature(Bytes.wrap(bytes));
    }

    @Override
    protected boolean isSigned(ReplicaId signer, Statement statement, Signature signature) {
        return sign(signer, statement).equals(signature);
    }

    @Override
    protected boolean isSigned(Request request) {
        return true;
    }
}
