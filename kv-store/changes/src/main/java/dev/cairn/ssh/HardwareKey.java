package dev.cairn.ssh;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Optional;

/**
 * A key in a FIDO device (OpenSSH's PROTOCOL.u2f). The device signs the application, flags and a counter along with the
 * message, and sets a flag only if somebody touched it. OpenSSH's own verifier of files lets that flag be absent; this
 * one does not.
 */
final class HardwareKey extends SshPublicKey {
    private static final String APPLICATION_PREFIX = "ssh:";
    private static final int USER_PRESENT = 0x01;
    private static final int USER_VERIFIED = 0x04;

    private final SshPublicKey inner;
    private final Digest application;

    private HardwareKey(KeyKind kind, Bytes blob, SshPublicKey inner, Digest application) {
        super(kind, blob);
        this.inner = inner;
        this.application = application;
    }

    static HardwareKey read(KeyKind kind, Bytes blob, SshReader in) throws SshException {
        SshPublicKey inner = kind == KeyKind.SK_ED25519 ? Ed25519Key.read(blob, in) : EcdsaP256Key.read(blob, in);
        String application = in.nextName();
        if (!application.startsWith(APPLICATION_PREFIX)) {
            throw new SshException(
                    SshRefusal.NON_CANONICAL_KEY,
                    "the hardware key is for \"" + application
                            + "\", not for SSH; make one with ssh-keygen -t ed25519-sk");
        }
        return new HardwareKey(
                kind, blob, inner, Hashing.sha256(Bytes.utf8(application).shared()));
    }

    @Override
    Optional<Touch> verify(SshReader signature, byte[] message) throws SshException {
        Bytes raw = signature.nextString();
        int flags = signature.nextByte();
        int counter = signature.nextInt();
        signature.requireEnd();
        if ((flags & USER_PRESENT) == 0) {
            throw new SshException(
                    SshRefusal.NO_PRESENCE,
                    "nobody touched the hardware key for this signature; make the key without -O no-touch-required");
        }
        byte[] signed = new ByteWriter(2 * Digest.BYTES + 5)
                .putDigest(application)
                .putByte(flags)
                .putInt(counter)
                .putDigest(Hashing.sha256(message))
                .toArray();
        switch (inner) {
            case Ed25519Key ed25519 -> ed25519.require(raw, signed);
            case EcdsaP256Key ecdsa -> ecdsa.require(raw, signed);
            case RsaKey _, HardwareKey _ -> throw new IllegalStateException("no device holds " + inner.kind());
        }
        return Optional.of(new Touch((flags & USER_VERIFIED) != 0, Integer.toUnsignedLong(counter)));
    }
}
