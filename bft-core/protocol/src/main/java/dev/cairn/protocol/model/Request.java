package dev.cairn.protocol.model;

/**
 * A client's signed request. {@code operations} is opaque to consensus; the state machine parses it after the
 * signature was checked, and these very bytes are stored and forwarded.
 */
public record Request(RequestId id, Bytes operations, Signature signature) {

    /** What the client signs, and the request's identity in {@code requestsRoot}. */
    public static byte[] signedBytes(Digest chainId, RequestId id, Bytes operations) {
        return new ByteWriter(80 + operations.size())
                .putByte(Hashing.TAG_REQUEST)
                .putByte(Hashing.SUITE)
                .putDigest(chainId)
                .putInt(id.client().number())
                .putLong(id.session())
                .putLong(id.sequence())
                .putBytes(operations)
                .toArray();
    }

    public byte[] signedBytes(Digest chainId) {
        return signedBytes(chainId, id, operations);
    }

    public Digest digest(Digest chainId) {
        return Hashing.sha256(signedBytes(chainId));
    }

    /** Memory and wire cost, for budgets. */
    public int sizeBytes() {
        return operations.size() + 128;
    }
}
