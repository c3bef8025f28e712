package dev.cairn.agent.http;

import dev.cairn.genesis.json.Json;
import dev.cairn.protocol.model.Bytes;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
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

    /**
     * From now on the connection is a stream of bytes each way, until the session returns.
     *
     * @param protocol that the client has asked for
     */
    record Switch(String protocol, Session session) implements Reply {}

    /** Runs on a thread of the system, so it may compute for long. Its output fails when the client has gone. */
    interface Session {
        void run(InputStream in, OutputStream out) throws IOException;
    }

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
