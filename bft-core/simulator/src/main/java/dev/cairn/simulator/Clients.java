package dev.cairn.simulator;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.RequestId;
import java.util.List;

/**
 * The clients of a world, each at one replica: what they ask, and what they are told. They are told by honest replicas
 * only; whoever is never answered never learns what became of its request, though it may be executed. Moments are in
 * microseconds since the world began.
 */
public interface Clients {
    /** Clients who ask for nothing in particular and keep no account of it. */
    Clients PLAIN = (request, _) -> Bytes.utf8("request " + request.sequence());

    /** A client asks for the operations that this gives; they must follow from the world and what was told before. */
    Bytes ask(RequestId request, long micros);

    /** The replica that was asked has committed {@code by} with the request; told again for each block that has it. */
    default void answered(RequestId request, Block by, long micros) {}

    default void readAsked(long readId, ReplicaId replica, long micros) {}

    /** The read may be answered from what the replica has committed by now. */
    default void readReleased(long readId, ReplicaId replica, long micros) {}

    /** A replica starts with {@code head} committed, and {@code chain}, all or the last of what is below and with it. */
    default void started(ReplicaId replica, Block head, List<Block> chain) {}

    /** The replica's next block is final. */
    default void committed(ReplicaId replica, Block block) {}
}
