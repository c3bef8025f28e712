package dev.cairn.cli;

import dev.cairn.genesis.HostPort;
import dev.cairn.proto.v1.EvidenceRecord;
import dev.cairn.proto.v1.TransferStatus;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What came back from one endpoint.
 *
 * @param knownId the replica that should be there, where it did not say so itself
 * @param failure why there is no report; empty where there is one
 */
record ReplicaAnswer(HostPort endpoint, OptionalInt knownId, Optional<Report> report, String failure) {
    /** A replica's own words. */
    record Report(
            int id,
            int replicas,
            String chainId,
            long view,
            boolean changing,
            int primary,
            long height,
            String stateRoot,
            long revision,
            long residentBytes,
            List<EvidenceRecord> evidence,
            boolean quarantined,
            Optional<TransferStatus> transfer) {
        Report {
            evidence = List.copyOf(evidence);
        }
    }

    static ReplicaAnswer of(HostPort endpoint, Report report) {
        return new ReplicaAnswer(endpoint, OptionalInt.of(report.id()), Optional.of(report), "");
    }

    static ReplicaAnswer unreachable(HostPort endpoint, String failure) {
        return new ReplicaAnswer(endpoint, OptionalInt.empty(), Optional.empty(), failure);
    }

    ReplicaAnswer withKnownId(int id) {
        return new ReplicaAnswer(endpoint, OptionalInt.of(id), report, failure);
    }
}
