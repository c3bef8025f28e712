package dev.cairn.server.watch;

import dev.cairn.proto.etcdserverpb.ResponseHeader;

/** Makes the header of a message that speaks for {@code revision}. */
@FunctionalInterface
public interface WatchHeaders {
    ResponseHeader at(long revision);
}
