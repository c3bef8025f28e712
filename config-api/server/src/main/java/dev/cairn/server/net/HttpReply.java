package dev.cairn.server.net;

import dev.cairn.protocol.model.Bytes;
import java.util.Map;

/** A whole HTTP answer. {@code fields} stand in its header, beside the usual ones. */
public record HttpReply(int status, String contentType, Bytes body, Map<String, String> fields) {
    public static final String JSON = "application/json";
    private static final String TEXT = "text/plain; charset=utf-8";

    public HttpReply(int status, String contentType, String body) {
        this(status, contentType, Bytes.utf8(body), Map.of());
    }

    public static HttpReply text(int status, String body) {
        return new HttpReply(status, TEXT, body);
    }

    public static HttpReply json(int status, String body) {
        return new HttpReply(status, JSON, body);
    }

    public static HttpReply json(int status, Bytes body) {
        return new HttpReply(status, JSON, body, Map.of());
    }

    public static HttpReply notFound() {
        return text(404, "404 page not found\n");
    }

    /** The method is none that the path has. */
    public static HttpReply onlyGet() {
        return new HttpReply(405, TEXT, Bytes.utf8("Method Not Allowed\n"), Map.of("allow", "GET"));
    }
}
