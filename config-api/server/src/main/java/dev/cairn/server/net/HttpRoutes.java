package dev.cairn.server.net;

import java.util.concurrent.CompletionStage;

/** What the HTTP/1.1 side of the port serves. Called on a connection's thread: must not block. */
@FunctionalInterface
public interface HttpRoutes {
    CompletionStage<HttpReply> answer(HttpQuery query);
}
