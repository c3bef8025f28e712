package dev.cairn.server.net;

import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request without its body. {@code method} is in upper case, GET also for a HEAD; {@code path} decoded and without the
 * query part; the names of {@code fields} (the header) are in lower case.
 */
public record HttpHead(String method, String path, Map<String, List<String>> parameters, Map<String, String> fields) {

    /** Nothing if {@code target}, the path and the query, cannot be decoded. */
    static Optional<HttpHead> of(String method, String target, Map<String, String> fields) {
        try {
            QueryStringDecoder uri = new QueryStringDecoder(target);
            String served = method.equals("HEAD") ? "GET" : method;
            return Optional.of(new HttpHead(served, uri.path(), uri.parameters(), fields));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** The first value of a parameter, or the empty string. */
    public String parameter(String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }

    HttpHead withMethod(String other) {
        return new HttpHead(other, path, parameters, fields);
    }
}
