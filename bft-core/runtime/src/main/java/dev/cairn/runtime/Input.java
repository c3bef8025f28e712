package dev.cairn.runtime;

import dev.cairn.protocol.Event;
import dev.cairn.protocol.Verified;
import dev.cairn.protocol.model.Message;
import dev.cairn.protocol.model.ReplicaId;
import dev.cairn.protocol.model.Request;

/** What other threads tell the event loop. */
sealed interface Input {

    /** {@code bytes} are given back to the peer's budget when the loop takes the message. */
    record FromPeer(ReplicaId from, Verified<Message> message, InboundBudget budget, int bytes) implements Input {}

    record FromClient(Request request) implements Input {}

    record ReadWanted(Event.ReadRequested read) implements Input {}

    record HandOverWanted(ReplicaId heir) implements Input {}

    record LinkChanged(ReplicaId peer, boolean up) implements Input {}

    /** All records up to this ticket are durable. */
    record Durable(long ticket) implements Input {}

    /** What was done beside the loop has led to this. */
    record Answered(Event event) implements Input {}

    /** Something that may be done on the loop only, and quickly. */
    record Task(Runnable task) implements Input {}

    /** Something this node can't live without has failed. */
    record Failed(Throwable cause) implements Input {}

    /** Nothing but a reason to look around: the loop is to end. */
    record Wake() implements Input {}
}
