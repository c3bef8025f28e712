package dev.cairn.ssh;

import dev.cairn.codec.Ed25519;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** An Ed25519 key, under the one validity rule that all signatures here are under. */
final class Ed25519Key extends SshPublicKey {
    private static final Ed25519 ALGORITHM = Ed25519.fastest();

    private final Ed25519.VerifyingKey key;

    private Ed25519Key(Bytes blob, Ed25519.VerifyingKey key) {
        super(KeyKind.ED25519, blob);
        this.key = key;
    }

    static Ed25519Key read(Bytes blob, SshReader in) throws SshException {
        Ed25519.VerifyingKey key = ALGORITHM
                .verifyingKey(in.nextString())
                .orElseThrow(() -> new SshException(
                        SshRefusal.INVALID_POINT,
                        "the Ed25519 key is of small order, not canonical, or off the curve; no ssh-keygen makes such a"
                                + " key: make a new one"));
        return new Ed25519Key(blob, key);
    }

    @Override
    Optional<Touch> verify(SshReader signature, byte[] message) throws SshException {
        Bytes raw = signature.nextString();
        signature.requireEnd();
        require(raw, message);
        return Optional.empty();
    }

    void require(Bytes raw, byte[] message) throws SshException {
        if (!ALGORITHM.verify(key, message, raw)) {
            throw notSigned();
        }
    }
}
