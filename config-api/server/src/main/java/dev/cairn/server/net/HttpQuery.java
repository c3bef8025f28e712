package dev.cairn.server.net;

import java.util.List;
import java.util.Map;

/** A request line, taken apart. {@code method} is in upper case, {@code path} decoded and without the query part. */
public record HttpQuery(String method, String path, Map<String, List<String>> parameters) {

    /** The first value of a parameter, or the empty string. */
    public String parameter(String name) {
        List<String> values = parameters.get(name);
        return values == null || values.isEmpty() ? "" : values.getFirst();
    }
}
