package dev.cairn.kv.proof;

import dev.cairn.kv.model.KeyVersion;
import dev.cairn.kv.model.Value;
import dev.cairn.protocol.model.ByteWriter;
import dev.cairn.protocol.model.Bytes;
import java.util.Optional;

/** The bytes of one version; its key stands before them. */
final class VersionCodec {
    private static final int TOMBSTONE = 0;
    private static final int WITH_VALUE = 1;
    private static final int WITH_DIGEST = 2;

    private VersionCodec() {}

    static void put(ByteWriter out, KeyVersion version) {
        out.putLong(version.modRevision()).putInt(version.sub());
        if (!version.isLive()) {
            out.putByte(TOMBSTONE);
            return;
        }
        Optional<Bytes> value = version.value().resident();
        out.putByte(value.isPresent() ? WITH_VALUE : WITH_DIGEST)
                .putLong(version.createRevision())
                .putLong(version.version())
                .putLong(version.lease());
        value.ifPresentOrElse(out::putBytes, () -> out.putDigest(version.value().digest()));
    }

    static KeyVersion next(Bytes treeKey, Input in) throws InvalidProofException {
        long modRevision = in.nextLong();
        int sub = in.nextInt();
        int kind = in.nextByte();
        if (kind == TOMBSTONE) {
            return KeyVersion.tombstone(treeKey, modRevision, sub);
        }
        if (kind != WITH_VALUE && kind != WITH_DIGEST) {
            throw new InvalidProofException(Refusal.MALFORMED, "no version is of kind " + kind);
        }
        return KeyVersion.put(
                treeKey,
                modRevision,
                sub,
                in.nextLong(),
                in.nextLong(),
                in.nextLong(),
                kind == WITH_VALUE ? Value.of(in.nextBytes()) : Value.ofDigest(in.nextDigest()));
    }
}
