package dev.cairn.protocol;

import dev.cairn.protocol.model.Block;
import dev.cairn.protocol.model.Digest;
import dev.cairn.protocol.model.Height;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.QuorumCertificate;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;

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

    /** The reader may read the committed state now. */
    record ReadReady(long readId) implements Outward {}

    /** Read committed blocks from {@code from} on off the log and send them to {@code to} as one {@link Message.Blocks}. */
    record ServeBlocks(ReplicaId to, Height from) implements Outward {}

    /** Send the body of the uncommitted block {@code block} to {@code to} if the log still holds it. */
    record ServeBody(ReplicaId to, Digest block) implements Outward {}

    /** The state will not be needed any more. Outward, so that it never overtakes the {@link Commit} of that state. */
    record Discard(ExecutionId execution) implements Outward {}

    /** Execute on the state that {@code parent} led to and answer with {@link Event.Executed}. */
    record Execute(ExecutionId execution, ExecutionId parent, Proposal proposal) implements Inward {}

    /** A gateway's request was not taken (the pool is full); its caller must be told. */
    record Refuse(Request request, String reason) implements Inward {}

    /** A message was refused; nothing changed. */
    record Reject(ReplicaId from, Rejection reason, String detail) implements Inward {}

    /** A replica signed two different statements where an honest one signs one. */
    record Accuse(ReplicaId culprit, Message first, Message second) implements Inward {}

    /** A line of the replica's story, for traces and metrics. */
    record Note(Transition transition) implements Inward {}

    /** The replica must stop: going on could harm safety. The shell logs {@code reason} and ends the process. */
    record Halt(String reason) implements Inward {}
}
