package dev.cairn.protocol.model;

/**
 * Names everything a block stands for. Neither view nor signatures are in it: a block that is proposed again in a later
 * view keeps its hash. {@code roots} are those <em>after</em> the block's own requests, {@code historyRoot} is the RFC
 * 6962 root over all earlier headers' digests.
 */
public record Header(
        int formatVersion,
        Digest chainId,
        Epoch epoch,
        Height height,
        Digest parent,
        long timeNanos,
        Digest requestsRoot,
        StateRoots roots,
        Digest historyRoot,
        Digest validators,
        Digest nextValidators,
        Digest parameters,
        int applicationVersion) {
    public static final int FORMAT = 1;
    public static final int ENCODED_BYTES = 2 + 4 + 32 + 8 + 8 + 32 + 8 + 32 + 3 * 8 + 3 * 32 + 4 * 32 + 4;

    /** The canonical bytes; their SHA-256 is the block's hash. */
    public byte[] encode() {
        return new ByteWriter(ENCODED_BYTES)
                .putByte(Hashing.TAG_HEADER)
                .putByte(Hashing.SUITE)
                .putInt(formatVersion)
                .putDigest(chainId)
                .putLong(epoch.number())
                .putLong(height.value())
                .putDigest(parent)
                .putLong(timeNanos)
                .putDigest(requestsRoot)
                .putLong(roots.firstRevision())
                .putLong(roots.lastRevision())
                .putLong(roots.compactRevision())
                .putDigest(roots.resultsRoot())
                .putDigest(roots.eventsRoot())
                .putDigest(roots.stateRoot())
                .putDigest(historyRoot)
                .putDigest(validators)
                .putDigest(nextValidators)
                .putDigest(parameters)
                .putInt(applicationVersion)
                .toArray();
    }

    /** The inverse of {@link #encode}. Anything but exactly the canonical bytes is refused. */
    public static Header decode(byte[] bytes) {
        if (bytes.length != ENCODED_BYTES || bytes[0] != Hashing.TAG_HEADER || bytes[1] != Hashing.SUITE) {
            throw new IllegalArgumentException("not a header of suite " + Hashing.SUITE);
        }
        Fields in = new Fields(bytes, 2);
        return new Header(
                in.nextInt(),
                in.nextDigest(),
                new Epoch(in.nextLong()),
                new Height(in.nextLong()),
                in.nextDigest(),
                in.nextLong(),
                in.nextDigest(),
                new StateRoots(
                        in.nextLong(), in.nextLong(), in.nextLong(), in.nextDigest(), in.nextDigest(), in.nextDigest()),
                in.nextDigest(),
                in.nextDigest(),
                in.nextDigest(),
                in.nextDigest(),
                in.nextInt());
    }

    public Digest digest() {
        return Hashing.sha256(encode());
    }

    /** Reads consecutive fixed-width fields; Java evaluates constructor arguments from left to right. */
    private static final class Fields {
        private final byte[] bytes;
        private int at;

        Fields(byte[] bytes, int at) {
            this.bytes = bytes;
            this.at = at;
        }

        int nextInt() {
            at += 4;
            return BigEndian.getInt(bytes, at - 4);
        }

        long nextLong() {
            at += 8;
            return BigEndian.getLong(bytes, at - 8);
        }

        Digest nextDigest() {
            at += Digest.BYTES;
            return Digest.read(bytes, at - Digest.BYTES);
        }
    }
}
