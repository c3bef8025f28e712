package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Bytes;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Evidence;
import dev.cairn.protocol.model.Header;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.MerkleFrontier;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;
import dev.cairn.protocol.model.Testimony;
import java.util.Optional;

/**
 * What a step asks of its shell, as data, in order.
 *
 * <p><b>The effect rule: an {@link Outward} effect is performed only after every {@link Persist} before it in the
 * stream of all steps is durable.</b> So a vote cannot leave before it is on disk, however many steps the shell folds
 * into one fsync. {@link Inward} effects touch nothing but this process's memory and are performed at once, in order
 * among themselves.
 */
public sealed interface Effect {

    /** Seen by others, or by clients: waits for the disk. */
    sealed interface Outward extends Effect {}

    /** Computation in this process: never waits. */
    sealed interface Inward extends Effect {}

    /** Make the record durable. */
    record Persist(LogRecord record) implements Effect {}

    record Send(ReplicaId to, Message message) implements Outward {}

    /** To every other replica. */
    record Broadcast(Message message) implements Outward {}

    /**
     * {@code block} is final: its execution becomes the committed state, readers see it, its clients are answered.
     * Given once for each height, in order. {@code proof} is the commit certificate of the block or of a descendant.
     */
    record Commit(ExecutionId execution, Block block, QuorumCertificate proof) implements Outward {}

    /** The reader may read the committed state now. {@code testimony} is there if it asked with a challenge. */
    record ReadReady(long readId, Optional<Testimony> testimony) implements Outward {}

    /**
     * Read committed blocks from {@code from} on off the log and send them to {@code to} as one {@link Message.Blocks}. If
     * the log does not hold that height's body any more, step {@link Event.BlocksNotHeld} instead.
     */
    record ServeBlocks(ReplicaId to, Height from) implements Outward {}

    /** Send the body of the uncommitted block {@code block} to {@code to} if the log still holds it. */
    record ServeBody(ReplicaId to, Digest block) implements Outward {}

    /** The state will not be needed any more. Outward, so that it never overtakes the {@link Commit} of that state. */
    record Discard(ExecutionId execution) implements Outward {}

    // State transfer, serving. Reading and proving is done beside the event loop, for few questions of a peer at a
    // time.

    /** Keep the state readable for chunks ({@link StateMachine#pin}) until {@link Unpin}. A state is pinned once. */
    record Pin(ExecutionId execution) implements Outward {}

    record Unpin(ExecutionId execution) implements Outward {}

    /**
     * Send {@code to} a {@link Message.SnapshotOffer} of the pinned state: with its {@link StateMachine#splits}, and with
     * the headers from the log that lead from {@code anchor} to the block that {@code proof} names. Nothing if they are not
     * all there yet. An anchor that came in by a snapshot has its link in {@link LogRecord.SnapshotInstalled}.
     */
    record ServeSnapshot(
            ReplicaId to, ExecutionId execution, Block anchor, MerkleFrontier history, QuorumCertificate proof)
            implements Outward {}

    /**
     * Send {@code to} the {@link Message.Chunk} from {@code from} on. The shell takes the state before it leaves the event
     * loop, and pins it for as long as it reads.
     */
    record ServeChunk(ReplicaId to, ExecutionId execution, Digest anchor, Bytes from, Optional<Bytes> until)
            implements Outward {}

    /**
     * {@link LogRecord.SnapshotInstalled} is durable, and this core does nothing any more: end it and start a new one from
     * the log, in the same process, by the way that every start takes; {@link StateMachine#adopt} brings the new state. The
     * new core is given what {@link Replica#unanswered} of the old one tells.
     */
    record Restart(Block anchor) implements Outward {}

    // State transfer, receiving. In order among themselves, and beside the event loop.

    /** {@link StateMachine#receive} the state after the anchor; what was being received is dropped. */
    record BeginSnapshot(Header anchor) implements Inward {}

    /** {@link StateMachine.Incoming#add} it, then step {@link Event.ChunkJudged}. One of each source at a time. */
    record StoreChunk(ReplicaId source, Digest anchor, Bytes from, Bytes content) implements Inward {}

    /** {@link StateMachine.Incoming#complete} it, then step {@link Event.SnapshotCompleted}. */
    record CompleteSnapshot(Digest anchor) implements Inward {}

    /** Nothing more will come: close the {@link StateMachine.Incoming}. */
    record AbandonSnapshot(Digest anchor) implements Inward {}

    // Inside.

    /** Execute on the state that {@code parent} led to and answer with {@link Event.Executed}. */
    record Execute(ExecutionId execution, ExecutionId parent, Proposal proposal) implements Inward {}

    /** A gateway's request was not taken (the pool is full); its caller must be told. */
    record Refuse(Request request, String reason) implements Inward {}

    /** A message was refused; nothing changed. */
    record Reject(ReplicaId from, Rejection reason, String detail) implements Inward {}

    /** Tell people: a replica signed what contradicts itself. Given once for each proof that is kept. */
    record Accuse(Evidence evidence) implements Inward {}

    /** A line of the replica's story, for traces and metrics. */
    record Note(Transition transition) implements Inward {}

    /** The replica must stop: going on could harm safety. The shell logs {@code reason} and ends the process. */
    record Halt(String reason) implements Inward {}
}
