package dev.cairn.server;

import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.TransferProgress;
import java.util.Optional;

/** What the client side needs of the replica beneath it. All methods may be called from any thread and never block. */
public interface Consensus {

    /**
     * Hands in a request of this replica's own; its commit or refusal is told later, once. False if it was not taken;
     * then nothing follows.
     */
    boolean submit(Request request);

    /**
     * Asks for a linearizable point that starts now, told later by {@code readId}; with a challenge, also for a quorum's
     * testimony to it. False as for {@link #submit}.
     */
    boolean readIndex(long readId, Optional<Digest> challenge);

    /** {@code operations} as a request, signed by this replica as their gateway. */
    Request sign(RequestId id, Bytes operations);

    /**
     * Asks this replica, if it is the primary, to see to it that {@code heir} becomes primary; {@link #status} tells
     * whether it did. False as for {@link #submit}.
     */
    boolean handOver(ReplicaId heir);

    ReplicaStatus status();

    /** The committed blocks. Reading them blocks. */
    CommittedChain chain();

    /** The state that this replica is fetching from the others, if it is. */
    Optional<TransferProgress> transfer();
}
