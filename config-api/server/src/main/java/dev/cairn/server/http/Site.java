package dev.cairn.server.http;

import dev.cairn.server.json.JsonGateway;
import dev.cairn.server.net.HttpExchange;
import dev.cairn.server.net.HttpHead;
import dev.cairn.server.net.HttpReply;
import dev.cairn.server.net.HttpSender;
import dev.cairn.server.net.HttpService;
import java.util.Map;

/** All that a replica's port serves beside gRPC: etcd's pages and its JSON gateway, to pages of any origin. */
public final class Site implements HttpService {
    /** In the header of every answer; as in etcd, a browser may read what any other client may. */
    public static final Map<String, String> EVERY_REPLY = Map.of(
            "access-control-allow-methods", "POST, GET, OPTIONS, PUT, DELETE",
            "access-control-allow-origin", "*",
            "access-control-allow-headers", "accept, content-type, authorization",
            "x-content-type-options", "nosniff");

    private final HttpService pages;
    private final HttpService gateway;

    public Site(HttpService pages, HttpService gateway) {
        this.pages = pages;
        this.gateway = gateway;
    }

    @Override
    public HttpExchange open(HttpHead head, HttpSender sender) {
        if (head.method().equals("OPTIONS")) {
            sender.reply(HttpReply.text(200, ""));
            return HttpExchange.ANSWERED;
        }
        return (JsonGateway.isFor(head.path()) ? gateway : pages).open(head, sender);
    }

    @Override
    public boolean takesWebSockets(HttpHead head) {
        return JsonGateway.isFor(head.path());
    }
}
