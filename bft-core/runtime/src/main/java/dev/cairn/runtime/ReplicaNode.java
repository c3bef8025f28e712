package dev.cairn.runtime;

import dev.cairn.protocol.Genesis;
import dev.cairn.protocol.ReplicaStatus;
import dev.cairn.protocol.StateMachine;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.RequestId;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * One running replica: the consensus core with its event loop, durable log, peer links and clock. All methods may be
 * called from any thread and none of them blocks, except {@link #start} and {@link #close}.
 */
@SuppressWarnings({"UnusedTypeParameter", "DoNotCallSuggester"})
public final class ReplicaNode<S> implements AutoCloseable {
    private ReplicaNode() {}

    /**
     * Opens the log, brings the state machine up to it, and joins the cluster.
     *
     * @throws BootException if the node cannot start; nothing was overwritten
     */
    public static <S> ReplicaNode<S> start(
            NodeConfig config,
            Genesis genesis,
            StateMachine<S> machine,
            KeyMaterial keys,
            MeterRegistry metrics,
            CommitListener<S> listener)
            throws BootException {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Hands over a request that {@link #signRequest} made. It is committed, or {@link CommitListener#refused}, or lost
     * with this process; false if the queue is full or the node has ended, and then nothing happens.
     */
    public boolean submit(Request request) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Asks for a linearizable point, told by {@link CommitListener#readReady}; false as for {@link #submit}. */
    public boolean readIndex(long readId) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Signs {@code operations} with this replica's vote key, as their gateway: the client is this replica's index. */
    public Request signRequest(RequestId id, Bytes operations) {
        throw new UnsupportedOperationException("not yet");
    }

    /** Where this replica stood at the end of the loop's last turn. */
    public ReplicaStatus status() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Where the other replicas reach this one, with the port that was really taken. */
    public InetSocketAddress peerAddress() {
        throw new UnsupportedOperationException("not yet");
    }

    /**
     * Done when the node has ended: empty after {@link #close}, else the fatal error. An error has one clear line as its
     * message; what was being written is as durable as an fsync left it, and nothing more was sent.
     */
    public CompletableFuture<Optional<Throwable>> terminated() {
        throw new UnsupportedOperationException("not yet");
    }

    /** Ends loop, links and log. Idempotent; returns when all threads have ended. */
    @Override
    public void close() {
        throw new UnsupportedOperationException("not yet");
    }
}
