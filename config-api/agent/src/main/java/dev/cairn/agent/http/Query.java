package dev.cairn.agent.http;

import dev.cairn.protocol.model.Bytes;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A request line, taken apart: percent signs are decoded into bytes, which need not be text.
 *
 * @param parameters each named once
 * @param lastEventId what a stream of events goes on behind, where the client says that
 * @param upgrade the protocol that the client wants to go on with
 * @param body empty where there is none
 * @param uid who asks, by the kernel's word
 */
public record Query(
        String method,
        String path,
        Map<String, Bytes> parameters,
        Optional<String> lastEventId,
        Optional<String> upgrade,
        Bytes body,
        int uid) {
    public Query {
        parameters = Map.copyOf(parameters);
    }

    static Query of(
            String method, String uri, Optional<String> lastEventId, Optional<String> upgrade, Bytes body, int uid)
            throws Problem {
        // One character a byte, so that nothing is lost of what is no UTF-8.
        QueryStringDecoder decoder = new QueryStringDecoder(uri, StandardCharsets.ISO_8859_1);
        try {
            Map<String, Bytes> parameters = new HashMap<>();
            for (Map.Entry<String, List<String>> each : decoder.parameters().entrySet()) {
                if (each.getValue().size() != 1) {
                    throw Problem.badRequest(each.getKey() + " is given more than once");
                }
                parameters.put(
                        each.getKey(), Bytes.wrap(each.getValue().getFirst().getBytes(StandardCharsets.ISO_8859_1)));
            }
            return new Query(method, decoder.path(), parameters, lastEventId, upgrade, body, uid);
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("a percent sign is not followed by two hexadecimal digits");
        }
    }

    /** Refuses a parameter that is none of these: one that is misspelt must not be as if it were not there. */
    public void requireOnly(Set<String> known) throws Problem {
        for (String name : parameters.keySet()) {
            if (!known.contains(name)) {
                throw Problem.badRequest(path + " has no parameter \"" + name + "\", only "
                        + (known.isEmpty()
                                ? "none"
                                : String.join(", ", known.stream().sorted().toList())));
            }
        }
    }

    public Optional<Bytes> bytes(String name) {
        return Optional.ofNullable(parameters.get(name));
    }

    public boolean has(String name) {
        return parameters.containsKey(name);
    }

    /** A whole number from 0; {@code fallback} where there is none. */
    public long number(String name, long fallback, long most) throws Problem {
        Optional<Bytes> given = bytes(name);
        if (given.isEmpty()) {
            return fallback;
        }
        return number(name, given.get().toUtf8(), most);
    }

    public static long number(String name, String text, long most) throws Problem {
        if (!text.matches("0|[1-9][0-9]{0,17}") || Long.parseLong(text) > most) {
            throw Problem.badRequest(name + " is a whole number from 0 to " + most + ", not \"" + text + "\"");
        }
        return Long.parseLong(text);
    }
}
