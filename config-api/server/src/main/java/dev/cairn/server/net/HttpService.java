package dev.cairn.server.net;

import java.util.Optional;

/** What the port serves beside gRPC. Called on a connection's thread: must not block. */
@FunctionalInterface
public interface HttpService {
    /** A request has begun. */
    HttpExchange open(HttpHead head, HttpSender sender);

    /** A request has begun; without a head that could be read it is refused. */
    default HttpExchange open(Optional<HttpHead> head, HttpSender sender) {
        if (head.isPresent()) {
            return open(head.get(), sender);
        }
        sender.reply(HttpReply.text(400, "the path cannot be decoded\n"));
        return HttpExchange.ANSWERED;
    }

    /** Whether body and answer of a request to this head's path may be the messages of a WebSocket. */
    default boolean takesWebSockets(HttpHead head) {
        return false;
    }
}
