package dev.cairn.protocol;

import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.StateRoots;
import java.util.Optional;

/** Everything that can happen to a replica. Time enters only as {@link Ticked}; randomness does not enter. */
public sealed interface Event {

    /** A peer's message, signatures checked, over an authenticated link from {@code from}. */
    record Received(ReplicaId from, Verified<? extends Message> message) implements Event {}

    /** A request that this replica signed as a gateway. */
    record Submitted(Request request) implements Event {}

    /**
     * A reader waits for a linearizable point; answered by {@link Effect.ReadReady} with the same id, and with the signed
     * answers of a quorum if it has a {@code challenge}.
     */
    record ReadRequested(long readId, Optional<Digest> challenge) implements Event {}

    /**
     * One tick has passed.
     *
     * @param wallNanos the wall clock, nanoseconds since the Unix epoch
     * @param waitsForTime what {@link StateMachine#waitsForTime} says of the committed state
     */
    record Ticked(long wallNanos, boolean waitsForTime) implements Event {}

    /** The answer to {@link Effect.Execute}. Executions of one replica are answered in the order they were asked. */
    record Executed(ExecutionId execution, StateRoots roots) implements Event {}

    /**
     * Somebody wants {@code heir} to become primary. Nothing comes of it where this replica is not the primary, or no
     * other is named.
     */
    record HandOverWanted(ReplicaId heir) implements Event {}

    /** The link to a peer was established (again). */
    record LinkUp(ReplicaId peer) implements Event {}

    /** The link to a peer was reset, or could not be made; the first sign that a process is gone. */
    record LinkDown(ReplicaId peer) implements Event {}

    /** {@link Effect.ServeBlocks} found nothing: committed blocks from {@code from} on are not in the log any more. */
    record BlocksNotHeld(ReplicaId to, Height from) implements Event {}

    /** The answer to {@link Effect.StoreChunk}. */
    record ChunkJudged(ReplicaId source, Digest anchor, Bytes from, StateMachine.Verdict verdict) implements Event {}

    /** The answer to {@link Effect.CompleteSnapshot}: whether what was collected is the anchor's state, and durable. */
    record SnapshotCompleted(Digest anchor, boolean sound) implements Event {}
}
