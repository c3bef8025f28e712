package dev.cairn.protocol.model;

/**
 * What a replica signs, always with kind and chain id inside, so that a signature can be replayed neither as another
 * kind nor on another cluster.
 */
public record Statement(Kind kind, Digest chainId, Epoch epoch, View view, Height height, Digest subject) {

    /** The domain of a signature. The number is part of the signed bytes and never changes its meaning. */
    public enum Kind {
        PRE_PREPARE(1),
        PREPARE(2),
        COMMIT(3),
        CHECKPOINT(4),
        SUSPECT(5),
        VIEW_CHANGE(6),
        NEW_VIEW(7),
        WITNESS(8),
        RESIGNATION(9);

        private final int number;

        Kind(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    public static Statement of(Kind kind, Digest chainId, Ballot ballot) {
        return new Statement(kind, chainId, ballot.epoch(), ballot.view(), ballot.height(), ballot.block());
    }

    /** The bytes that are signed. */
    public byte[] encode() {
        return new ByteWriter(96)
                .putByte(Hashing.TAG_STATEMENT)
                .putByte(Hashing.SUITE)
                .putByte(kind.number)
                .putDigest(chainId)
                .putLong(epoch.number())
                .putLong(view.number())
                .putLong(height.value())
                .putDigest(subject)
                .toArray();
    }
}
