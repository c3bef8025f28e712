package dev.cairn.client;

import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import java.util.List;

/**
 * Two certified blocks at one height: more than f replicas are faulty, and nothing that the cluster says can be relied
 * on. Whoever has the genesis document can check it.
 */
public record ForkEvidence(
        Header first, QuorumCertificate firstCertificate, Header second, QuorumCertificate secondCertificate) {
    public ForkEvidence {
        if (!first.height().equals(second.height()) || first.equals(second)) {
            throw new IllegalArgumentException("no fork: " + first.height() + " and " + second.height());
        }
    }

    /**
     * The replicas that signed both in one view, which no honest one does. Empty where the views differ: then blame needs
     * what was said between them.
     */
    public List<ReplicaId> guilty() {
        if (!firstCertificate.view().equals(secondCertificate.view())) {
            return List.of();
        }
        List<ReplicaId> second = voters(secondCertificate);
        return voters(firstCertificate).stream()
                .filter(second::contains)
                .sorted()
                .toList();
    }

    private static List<ReplicaId> voters(QuorumCertificate certificate) {
        return certificate.votes().stream().map(QuorumCertificate.Signed::voter).toList();
    }
}
