package dev.cairn.client;

import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Phase;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.quorum.QuorumSystem;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

/** What is wrong with a commit certificate. */
public enum CertificateFault {
    NO_VOTES("there are no votes"),
    OTHER_PHASE("the votes are not for a commit"),
    OTHER_BLOCK("the votes are for another block"),
    NOT_A_MEMBER("a vote is by none of the replicas"),
    SAME_SIGNER_TWICE("a replica's vote is given twice"),
    TOO_FEW_VOTES("the votes are fewer than a quorum"),
    BAD_SIGNATURE("a signature does not hold");

    private final String sentence;

    CertificateFault(String sentence) {
        this.sentence = sentence;
    }

    public String sentence() {
        return sentence;
    }

    /** What can be told without looking at signatures. */
    static Optional<CertificateFault> of(QuorumCertificate certificate, Header header, QuorumSystem quorums) {
        if (certificate.votes().isEmpty()) {
            return Optional.of(NO_VOTES);
        }
        if (certificate.phase() != Phase.COMMIT) {
            return Optional.of(OTHER_PHASE);
        }
        if (!certificate.block().equals(header.digest())
                || !certificate.height().equals(header.height())
                || !certificate.ballot().epoch().equals(header.epoch())) {
            return Optional.of(OTHER_BLOCK);
        }
        Set<ReplicaId> seen = new HashSet<>();
        for (QuorumCertificate.Signed vote : certificate.votes()) {
            if (!quorums.isMember(vote.voter())) {
                return Optional.of(NOT_A_MEMBER);
            }
            if (!seen.add(vote.voter())) {
                return Optional.of(SAME_SIGNER_TWICE);
            }
        }
        return seen.size() < quorums.quorum() ? Optional.of(TOO_FEW_VOTES) : Optional.empty();
    }
}
