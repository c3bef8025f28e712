package dev.cairn.ssh;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Verifies people's signatures and remembers the verdicts on the last {@value #REMEMBERED} that held and as many that did
 * not: one is paid for once, however often it is looked at, and bad ones displace no good one. For many threads.
 */
public final class Signatures {
    static final int REMEMBERED = 4096;

    private final Memory<VerifiedSignature> good = new Memory<>();
    private final Memory<Refused> bad = new Memory<>();
    private final LongAdder verified = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private record Refused(SshRefusal reason, String message) {
        SshException exception() {
            return new SshException(reason, message);
        }
    }

    /** Gives the key to verify with, at a cost. */
    private interface KeySource {
        SshPublicKey open() throws SshException;
    }

    /** As {@link SshSignature#verify}. */
    public VerifiedSignature verify(
            SshSignature signature, Bytes armoured, SshPublicKey key, String namespace, Bytes text)
            throws SshException {
        return verify(signature, name(armoured, key.blob(), namespace, text), () -> key, namespace, text);
    }

    /** The same by the key that the signature itself names, whoever holds it. */
    public VerifiedSignature verify(SshSignature signature, Bytes armoured, String namespace, Bytes text)
            throws SshException {
        Bytes blob = signature.keyBlob();
        return verify(
                signature, name(armoured, blob, namespace, text), () -> SshPublicKey.parse(blob), namespace, text);
    }

    private VerifiedSignature verify(SshSignature signature, Digest name, KeySource key, String namespace, Bytes text)
            throws SshException {
        Optional<VerifiedSignature> held = good.get(name);
        if (held.isPresent()) {
            return held.get();
        }
        Optional<Refused> failed = bad.get(name);
        if (failed.isPresent()) {
            throw failed.get().exception();
        }
        verified.increment();
        try {
            VerifiedSignature holds = signature.verify(key.open(), namespace, text);
            good.put(name, holds);
            return holds;
        } catch (SshException e) {
            refused.increment();
            bad.put(name, new Refused(e.reason(), e.getMessage()));
            throw e;
        }
    }

    /** Signatures that were checked by arithmetic; those remembered do not count. */
    public long verified() {
        return verified.sum();
    }

    /** Those of them that did not hold. */
    public long refused() {
        return refused.sum();
    }

    /** All that decides whether it holds. */
    private static Digest name(Bytes armoured, Bytes keyBlob, String namespace, Bytes text) {
        return Hashing.sha256(new ByteWriter(256)
                .putBytes(armoured)
                .putBytes(keyBlob)
                .putBytes(Bytes.utf8(namespace))
                .putDigest(Hashing.sha256(text.shared()))
                .toArray());
    }

    /** The newest. */
    private static final class Memory<T> {
        private final Map<Digest, T> entries = new LinkedHashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            protected boolean removeEldestEntry(Map.Entry<Digest, T> eldest) {
                return size() > REMEMBERED;
            }
        };

        synchronized Optional<T> get(Digest name) {
            return Optional.ofNullable(entries.get(name));
        }

        synchronized void put(Digest name, T verdict) {
            entries.put(name, verdict);
        }
    }
}
