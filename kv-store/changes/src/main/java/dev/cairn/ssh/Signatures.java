package dev.cairn.ssh;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Verifies people's signatures and remembers those that held lately, at most {@value #REMEMBERED}: one is paid for once, however
 * often it is looked at. For many threads; not for the event loop.
 */
public final class Signatures {
    static final int REMEMBERED = 4096;

    private final Map<Digest, VerifiedSignature> known = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Digest, VerifiedSignature> eldest) {
            return size() > REMEMBERED;
        }
    };

    /** As {@link SshSignature#verify}. */
    public VerifiedSignature verify(
            SshSignature signature, Bytes armoured, SshPublicKey key, String namespace, Bytes text)
            throws SshException {
        Digest name = name(armoured, key, namespace, text);
        synchronized (this) {
            VerifiedSignature before = known.get(name);
            if (before != null) {
                return before;
            }
        }
        VerifiedSignature holds = signature.verify(key, namespace, text);
        synchronized (this) {
            known.put(name, holds);
        }
        return holds;
    }

    /** All that decides whether it holds. */
    private static Digest name(Bytes armoured, SshPublicKey key, String namespace, Bytes text) {
        return Hashing.sha256(new ByteWriter(256)
                .putBytes(armoured)
                .putBytes(key.blob())
                .putBytes(Bytes.utf8(namespace))
                .putDigest(Hashing.sha256(text.shared()))
                .toArray());
    }
}
