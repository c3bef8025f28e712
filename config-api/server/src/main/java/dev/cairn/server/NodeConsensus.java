package dev.cairn.server;

import dev.cairn.kv.KvState;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import dev.cairn.runtime.CommittedChain;
import dev.cairn.runtime.ReplicaNode;
import dev.cairn.runtime.TransferProgress;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The running node, for a client side that is made before it, because the node tells it of commits from the start. */
final class NodeConsensus implements Consensus {
    private volatile @Nullable ReplicaNode<KvState> node;

    /** Must be called before anything is asked. */
    void use(ReplicaNode<KvState> started) {
        node = started;
    }

    private ReplicaNode<KvState> node() {
        return Objects.requireNonNull(node, "the node has not been started");
    }

    @Override
    public boolean submit(Request request) {
        return node().submit(request);
    }

    @Override
    public boolean readIndex(long readId, Optional<Digest> challenge) {
        return node().readIndex(readId, challenge);
    }

    @Override
    public Request sign(RequestId id, Bytes operations) {
        return node().signRequest(id, operations);
    }

    @Override
    public boolean handOver(ReplicaId heir) {
        return node().handOver(heir);
    }

    @Override
    public ReplicaStatus status() {
        return node().status();
    }

    @Override
    public CommittedChain chain() {
        return node().chain();
    }

    @Override
    public Optional<TransferProgress> transfer() {
        return node().transfer();
    }
}
