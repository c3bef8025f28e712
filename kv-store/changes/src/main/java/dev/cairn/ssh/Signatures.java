package dev.cairn.ssh;

import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Hashing;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/**
 * Verifies people's signatures and remembers the verdicts on the last {@value #REMEMBERED} that held and {@value #REMEMBERED_BAD}
 * that did not: one is paid for once, however often it is looked at, and bad ones displace no good one. For many threads.
 */
public final class Signatures {
    static final int REMEMBERED = 4096;

    /**
     * More than a lying primary gets into the blocks that it may send ahead while it holds back the one before them: a verdict that
     * was displaced meanwhile would be found out anew by the event loop. Some 15 MB, if it does that.
     */
    static final int REMEMBERED_BAD = 1 << 16;

    private final VerdictMemory<VerifiedSignature> good = new VerdictMemory<>(REMEMBERED, _ -> 1);
    private final VerdictMemory<Refused> bad = new VerdictMemory<>(REMEMBERED_BAD, _ -> 1);
    private final LongAdder verified = new LongAdder();
    private final LongAdder refused = new LongAdder();

    private record Refused(SshRefusal reason, String message) {
        SshException exception() {
            return new SshException(reason, message);
        }
    }

    /** As {@link SshSignature#verify}. */
    public VerifiedSignature verify(
            SshSignature signature, Bytes armoured, SshPublicKey key, String namespace, SignedMessage message)
            throws SshException {
        Digest name = name(armoured, key.blob(), namespace, message.digest());
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
            VerifiedSignature holds = signature.verify(key, namespace, message);
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
    private static Digest name(Bytes armoured, Bytes keyBlob, String namespace, Digest text) {
        return Hashing.sha256(new ByteWriter(256)
                .putBytes(armoured)
                .putBytes(keyBlob)
                .putBytes(Bytes.utf8(namespace))
                .putDigest(text)
                .toArray());
    }
}
