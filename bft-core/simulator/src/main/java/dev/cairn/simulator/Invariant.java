package dev.cairn.simulator;

import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.List;

/** Something that must hold at every moment among honest replicas. It throws {@link Violation} when it does not. */
interface Invariant {
    default void onSubmitted(Request request) {}

    /** An honest replica put a message on the network. */
    default void onSent(ReplicaId from, Message message) {}

    /** An honest replica came up with this chain in its log; it may have crashed before it said so. */
    default void onStarted(ReplicaId replica, List<Block> chain) {}

    /** An honest replica made a block final. {@code incarnation} counts its lives. */
    default void onCommitted(
            ReplicaId replica,
            int incarnation,
            Block block,
            QuorumCertificate proof,
            StateRoots roots,
            int executedRequests) {}

    /** A read was released at a replica whose head is {@code committed}. */
    default void onRead(ReplicaId replica, Height committed, Height mustSee) {}

    default void onStatus(ReplicaStatus status, World world) {}
}
