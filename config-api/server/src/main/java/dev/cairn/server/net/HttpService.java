package dev.cairn.server.net;

/** What the port serves beside gRPC. Called on a connection's thread: must not block. */
@FunctionalInterface
public interface HttpService {
    /** A request has begun. */
    HttpExchange open(HttpHead head, HttpSender sender);

    /** Whether body and answer of a request to this head's path may be the messages of a WebSocket. */
    default boolean takesWebSockets(HttpHead head) {
        return false;
    }
}
