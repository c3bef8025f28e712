package dev.cairn.protocol;

import dev.cairn.protocol.model.Ballot;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Vote;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The votes of one phase in one slot: at most one of each replica. Votes in, a certificate or evidence out. */
final class VoteSet {
    private final Phase phase;
    private final int quorum;
    private final Map<ReplicaId, Vote> votes = new TreeMap<>();

    VoteSet(Phase phase, int quorum) {
        this.phase = phase;
        this.quorum = quorum;
    }

    /** Takes the vote unless its voter has voted here; an earlier vote for something else is returned as evidence. */
    Optional<Vote> add(Vote vote) {
        if (vote.phase() != phase) {
            throw new IllegalArgumentException("a " + vote.phase() + " vote among " + phase + " votes");
        }
        Vote first = votes.putIfAbsent(vote.voter(), vote);
        return first == null || first.ballot().equals(vote.ballot()) ? Optional.empty() : Optional.of(first);
    }

    Optional<Vote> of(ReplicaId voter) {
        return Optional.ofNullable(votes.get(voter));
    }

    /** A certificate, once a quorum of distinct replicas agrees on one ballot. */
    Optional<QuorumCertificate> certificate() {
        return agreedBy(quorum).map(this::certify);
    }

    /** The block that at least {@code count} replicas voted for. */
    Optional<Digest> blockWith(int count) {
        return agreedBy(count).map(Ballot::block);
    }

    /** How many replicas voted for exactly this. */
    int votersFor(Ballot ballot) {
        return Math.toIntExact(votesFor(ballot).count());
    }

    private Stream<Vote> votesFor(Ballot ballot) {
        return votes.values().stream().filter(vote -> vote.ballot().equals(ballot));
    }

    private Optional<Ballot> agreedBy(int count) {
        if (votes.size() < count) {
            return Optional.empty();
        }
        for (Vote candidate : votes.values()) {
            if (votersFor(candidate.ballot()) >= count) {
                return Optional.of(candidate.ballot());
            }
        }
        return Optional.empty();
    }

    private QuorumCertificate certify(Ballot ballot) {
        List<QuorumCertificate.Signed> signed = votesFor(ballot)
                .limit(quorum)
                .map(vote -> new QuorumCertificate.Signed(vote.voter(), vote.signature()))
                .toList();
        return new QuorumCertificate(phase, ballot, signed);
    }
}
