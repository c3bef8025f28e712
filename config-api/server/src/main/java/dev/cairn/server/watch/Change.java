package dev.cairn.server.watch;

import dev.cairn.proto.mvccpb.Event;
import dev.cairn.protocol.model.Bytes;

/**
 * One key's change in one revision, told to any number of watchers. Implementations build the message once, and
 * may read the disk for it; they are asked by one thread at a time.
 */
public interface Change {
    Bytes key();

    long revision();

    boolean isDelete();

    /**
     * The event without the pair it replaced.
     *
     * @throws GoneException if compaction has taken it
     */
    Event event();

    /**
     * The event with the pair it replaced, if there was one and compaction has not taken that.
     *
     * @throws GoneException if compaction has taken the event itself
     */
    Event eventWithPrevious();
}
