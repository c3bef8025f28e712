package dev.cairn.server.net;

import java.util.List;
import java.util.Map;

/**
 * A request without its body. {@code method} is in upper case, {@code path} decoded and without the query part, the
 * names of {@code fields} (the header) are in lower case.
 */
public record HttpHead(String method, String path, Map<String, List<String>> parameters, Map<String, String> fields) {

    /** The first value of a parameter, or the empty string. */
    public String parameter(String name) {
        List<String> values = parameters.getOrDefault(name, List.of());
        return values.isEmpty() ? "" : values.getFirst();
    }

    HttpHead withMethod(String other) {
        return new HttpHead(other, path, parameters, fields);
    }
}
