package dev.cairn.runtime;

import dev.cairn.protocol.Timeouts;
import dev.cairn.protocol.model.ReplicaId;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;

/**
 * What one node is and where it runs.
 *
 * @param dataDir holds the log in {@code log}; made if it does not exist
 * @param peerListen where the other replicas reach this one; port 0 takes a free port
 * @param peers all replicas in the order of their ids, this one included
 * @param retainedBlocks how many committed blocks below the stable checkpoint are kept whole; {@link #ALL_BLOCKS}: all.
 *     Headers and certificates are kept in any case
 */
public record NodeConfig(
        ReplicaId self,
        Path dataDir,
        InetSocketAddress peerListen,
        List<PeerAddress> peers,
        Timeouts timeouts,
        Bounds bounds,
        long retainedBlocks) {
    public static final long ALL_BLOCKS = Long.MAX_VALUE;

    public NodeConfig {
        peers = List.copyOf(peers);
        if (self.index() >= peers.size()) {
            throw new IllegalArgumentException(self + " is not one of " + peers.size() + " replicas");
        }
        if (retainedBlocks < 0) {
            throw new IllegalArgumentException(retainedBlocks + " blocks cannot be retained");
        }
    }

    /**
     * Every queue's bound.
     *
     * @param inboundEvents clients' requests and reads that wait for the event loop; more are refused
     * @param inboundBytesPerPeer messages of one peer that wait for the event loop; beyond, its link is not read
     * @param voteLaneBytes unsent votes and other small control messages for one peer
     * @param blockLaneBytes unsent proposals for one peer
     * @param fetchLaneBytes unsent answers to fetches for one peer
     * @param forwardLaneBytes unsent forwarded requests for one peer
     * @param ioThreads threads that read links, decode and verify
     */
    public record Bounds(
            int inboundEvents,
            int inboundBytesPerPeer,
            int voteLaneBytes,
            int blockLaneBytes,
            int fetchLaneBytes,
            int forwardLaneBytes,
            int ioThreads) {
        public static final Bounds DEFAULT =
                new Bounds(8192, 16 << 20, 4 << 20, 24 << 20, 12 << 20, 16 << 20, defaultIoThreads());

        private static int defaultIoThreads() {
            return Math.clamp(Runtime.getRuntime().availableProcessors() / 2, 1, 4);
        }
    }
}
