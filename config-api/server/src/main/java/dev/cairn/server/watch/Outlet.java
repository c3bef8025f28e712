package dev.cairn.server.watch;

import dev.cairn.proto.etcdserverpb.WatchResponse;
import io.grpc.Status;

/** The client's end of a watch stream. Used by the hub's thread only. */
public interface Outlet {
    /** Whether a message would go out now instead of being queued by the transport. */
    boolean isReady();

    void send(WatchResponse response);

    void close(Status status);
}
