package dev.cairn.protocol.model;

/**
 * One replica's signed answer to a reader: "asked with this challenge, at this time of my clock, the greatest (view,
 * height) that I had prepared or knew committed was this". Nobody can have it from before the challenge was made.
 *
 * @param challenge what the asker could not have known or caused before it asked
 * @param timeNanos the witness's own clock, nanoseconds since the Unix epoch; nobody vouches for it
 */
public record Witness(
        Epoch epoch,
        ReplicaId replica,
        Digest challenge,
        long timeNanos,
        View view,
        Height height,
        Signature signature) {

    /** What a witness signs. */
    public static Statement statement(
            Digest chainId, Epoch epoch, Digest challenge, long timeNanos, View view, Height height) {
        Digest subject = Hashing.sha256(new ByteWriter(2 + Digest.BYTES + Long.BYTES)
                .putByte(Hashing.TAG_WITNESS)
                .putByte(Hashing.SUITE)
                .putDigest(challenge)
                .putLong(timeNanos)
                .toArray());
        return new Statement(Statement.Kind.WITNESS, chainId, epoch, view, height, subject);
    }

    public Statement statement(Digest chainId) {
        return statement(chainId, epoch, challenge, timeNanos, view, height);
    }
}
