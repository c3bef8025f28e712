package dev.cairn.agent.http;

import dev.cairn.genesis.json.Json;
import dev.cairn.protocol.model.Bytes;
import java.util.Map;

/** What a request is answered with. */
public sealed interface Reply {

    /**
     * An answer that is there as a whole.
     *
     * @param headers beside those of the body
     */
    record Whole(int status, String contentType, Bytes body, Map<String, String> headers) implements Reply {
        public Whole {
            headers = Map.copyOf(headers);
        }
    }

    /** Server-sent events, until the source returns or the client has gone. */
    record Events(Source source) implements Reply {}

    /** Runs on a thread of its own; is interrupted when the client has gone. */
    interface Source {
        void run(Sink sink) throws InterruptedException;
    }

    /** Takes the text of an event, with its empty last line; returns when the system has taken it. */
    interface Sink {
        void send(String event) throws InterruptedException;
    }

    static Reply json(int status, Json body) {
        return text(status, "application/json", body.renderLine() + "\n");
    }

    static Reply text(int status, String contentType, String body) {
        return new Whole(status, contentType, Bytes.utf8(body), Map.of());
    }

    static Reply of(Problem problem) {
        return json(problem.status(), Json.object().put("error", problem.line()).build());
    }
}
