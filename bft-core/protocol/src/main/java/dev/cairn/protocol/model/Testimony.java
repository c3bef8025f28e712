package dev.cairn.protocol.model;

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

    /** No later than this the header was the newest, if an honest clock among the witnesses was right. */
    public long oldestNanos() {
        return witnesses.stream().mapToLong(Witness::timeNanos).min().orElseThrow();
    }
}
