package dev.cairn.protocol;

import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.View;
import java.util.List;

/**
 * Where a replica stands, for people and dashboards.
 *
 * @param changing it has left for {@code view} and waits for its NewView
 * @param quarantined its state contradicts what is certified: it answers no read until the state was replaced
 * @param peers the last STATUS of each other replica that was heard from
 * @param evidence proofs that other replicas lied, a few of each
 */
public record ReplicaStatus(
        ReplicaId self,
        View view,
        boolean changing,
        ReplicaId primary,
        Height committed,
        Digest committedBlock,
        Digest stateRoot,
        Height proposed,
        Height stableCheckpoint,
        int waitingRequests,
        int candidateBlocks,
        boolean quarantined,
        List<Peer> peers,
        List<Evidence> evidence) {
    public ReplicaStatus {
        peers = List.copyOf(peers);
        evidence = List.copyOf(evidence);
    }

    public record Peer(ReplicaId id, View view, Height committed, long silentTicks) {}
}
