package dev.cairn.server.gateway;

import dev.cairn.kv.model.Operation;
import dev.cairn.kv.model.Outcome;
import dev.cairn.protocol.model.RequestId;

/** A client's call whose operation goes through the log. Exactly one of the two answers is given, once. */
public interface Call {
    Operation operation();

    /** About what the operation adds to a request. */
    int sizeBytes();

    /** Whether the client has gone, so that an operation not yet sent need not be. */
    boolean isAbandoned();

    /** Whether no other operation may be in its request. */
    default boolean travelsAlone() {
        return false;
    }

    /** The operation is about to leave in this request; again, if that one surely did nothing. Must not block. */
    default void carriedBy(RequestId id) {}

    /** The operation was executed, with this result. */
    void completed(Outcome outcome);

    void refused(Refusal why);
}
