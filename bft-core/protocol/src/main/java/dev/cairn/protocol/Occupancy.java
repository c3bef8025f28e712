package dev.cairn.protocol;

/**
 * How much each of a replica's memories holds, for dashboards and for the check that all of them are bounded. H is the
 * horizon, K the checkpoint interval, n the number of replicas.
 *
 * @param sinceCheckpoint no memory, but the measure of some: heights from the stable checkpoint to the head
 * @param requests waiting requests; each client has a budget
 * @param candidates blocks above the head: four horizons, a catch-up batch, and what is certified
 * @param executing executions under way
 * @param committedHashes committed blocks since the stable checkpoint, or since the anchor of a fetched state
 * @param slots places for votes in this view and the next: at most 2 H, the tip's, and those of committed blocks that
 *     this view proposes again
 * @param earlyProposals proposals whose time has not come: at most H
 * @param decisions certified blocks that wait for ancestors or execution: at most 2 H
 * @param votes own votes in this view since the stable checkpoint: two for each height up to H above the head
 * @param suspicions at most n
 * @param viewChanges at most n
 * @param checkpoints checkpoint heights with votes, up to 8 K above the head
 * @param readRounds at most 4
 * @param readers those that wait for a round: at most 1,024 with a challenge, and what the shell keeps few
 * @param wantedBodies at most 16
 */
public record Occupancy(
        int sinceCheckpoint,
        int requests,
        int candidates,
        int executing,
        int committedHashes,
        int slots,
        int earlyProposals,
        int decisions,
        int votes,
        int suspicions,
        int viewChanges,
        int checkpoints,
        int readRounds,
        int readers,
        int wantedBodies) {}
