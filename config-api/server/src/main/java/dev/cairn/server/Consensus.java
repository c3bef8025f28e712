package dev.cairn.server;

import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.protocol.model.Signature;

/** What the client side needs of the replica beneath it. All methods may be called from any thread and never block. */
public interface Consensus {

    /** Hands in a request of this replica's own; its commit or refusal is told to the listener, once. */
    void submit(Request request);

    /** Asks for a linearizable point that starts now; the listener hears {@code readId} when it is reached. */
    void readIndex(long readId);

    /** This replica's signature, as a gateway, on a request. */
    Signature sign(RequestId id, Bytes operations);

    ReplicaStatus status();
}
