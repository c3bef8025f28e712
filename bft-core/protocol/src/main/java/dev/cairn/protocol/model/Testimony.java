package dev.cairn.protocol.model;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The answers of a quorum to one round of readers, as proof for somebody who trusts none of them: no block that was
 * committed before the challenge was made lies above a header that {@link #isMetBy} accepts. For every such block a
 * quorum had prepared it, so an honest replica among these witnesses had, and named it or something greater.
 *
 * @param challenges one of each reader in the round; the witnesses sign the root over all of them
 */
public record Testimony(List<Digest> challenges, List<Witness> witnesses) {
    /** Readers with a challenge that one round has at most. */
    public static final int MAX_CHALLENGES = 64;

    private static final int WITNESS_BYTES = 4 + 3 * 8 + 64;

    public Testimony {
        challenges = List.copyOf(challenges);
        witnesses = List.copyOf(witnesses);
        if (challenges.isEmpty() || challenges.size() > MAX_CHALLENGES) {
            throw new IllegalArgumentException(challenges.size() + " challenges in one round");
        }
    }

    /** What the witnesses are asked with. */
    public static Digest challengeOf(List<Digest> challenges) {
        return MerkleFrontier.rootOf(challenges);
    }

    /** Whether a reader of {@code header} sees all that these witnesses know of. {@code proof} commits the header. */
    public boolean isMetBy(Height header, Ballot proof) {
        return witnesses.stream().allMatch(witness -> isMet(witness.view(), witness.height(), header, proof));
    }

    /**
     * A claim of (view, height) binds a reader until that height is committed, or a block is that a certificate of a later
     * view names. A header that was committed by a descendant's certificate is not such a block.
     */
    public static boolean isMet(View view, Height height, Height header, Ballot proof) {
        boolean byLaterView = proof.height().equals(header) && proof.view().isAfter(view);
        return byLaterView || height.isAtMost(header);
    }

    /** Canonical bytes, for a reader elsewhere. The witnesses must be of one epoch, as those of a round are. */
    public byte[] encode() {
        ByteWriter out = new ByteWriter(64 + Digest.BYTES * challenges.size() + WITNESS_BYTES * witnesses.size())
                .putInt(challenges.size());
        challenges.forEach(out::putDigest);
        out.putLong(witnesses.isEmpty() ? 0 : witnesses.getFirst().epoch().number());
        for (Witness witness : witnesses) {
            out.putInt(witness.replica().index())
                    .putLong(witness.timeNanos())
                    .putLong(witness.view().number())
                    .putLong(witness.height().value())
                    .putRaw(witness.signature().bytes().shared());
        }
        return out.toArray();
    }

    /** The inverse of {@link #encode}. Anything but exactly such bytes is refused by an {@link IllegalArgumentException}. */
    public static Testimony decode(byte[] bytes) {
        int count = bytes.length < Integer.BYTES ? 0 : BigEndian.getInt(bytes, 0);
        if (count < 1 || count > MAX_CHALLENGES) {
            throw new IllegalArgumentException("not of 1 to " + MAX_CHALLENGES + " challenges");
        }
        int epochAt = Integer.BYTES + Digest.BYTES * count;
        int first = epochAt + Long.BYTES;
        if (bytes.length <= first || (bytes.length - first) % WITNESS_BYTES != 0) {
            throw new IllegalArgumentException(bytes.length + " bytes are no testimony");
        }
        List<Digest> challenges = new ArrayList<>(count);
        for (int at = Integer.BYTES; at < epochAt; at += Digest.BYTES) {
            challenges.add(Digest.read(bytes, at));
        }
        Epoch epoch = new Epoch(BigEndian.getLong(bytes, epochAt));
        Digest asked = challengeOf(challenges);
        List<Witness> witnesses = new ArrayList<>();
        for (int at = first; at < bytes.length; at += WITNESS_BYTES) {
            witnesses.add(new Witness(
                    epoch,
                    new ReplicaId(BigEndian.getInt(bytes, at)),
                    asked,
                    BigEndian.getLong(bytes, at + 4),
                    new View(BigEndian.getLong(bytes, at + 12)),
                    new Height(BigEndian.getLong(bytes, at + 20)),
                    new Signature(Bytes.wrap(Arrays.copyOfRange(bytes, at + 28, at + WITNESS_BYTES)))));
        }
        return new Testimony(challenges, witnesses);
    }

    /** No later than this the header was the newest, if an honest clock among the witnesses was right. */
    public long oldestNanos() {
        return witnesses.stream().mapToLong(Witness::timeNanos).min().orElseThrow();
    }
}
