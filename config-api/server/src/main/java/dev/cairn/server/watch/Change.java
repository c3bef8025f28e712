package dev.cairn.server.watch;

import dev.cairn.proto.mvccpb.Event;
import dev.cairn.protocol.model.Bytes;

/**
 * One key's change in one revision, told to any number of watchers. Implementations build the message once; they are
 * asked by one thread only.
 */
public interface Change {
    Bytes key();

    long revision();

    boolean isDelete();

    /** The event without the pair it replaced. */
    Event event();

    /** The event with the pair it replaced, if there was one and compaction has not taken it. May read the disk. */
    Event eventWithPrevious();
}
