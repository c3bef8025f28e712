package dev.cairn.server.json;

import java.io.Serial;

/** What a client sent is not the JSON of a message; one line says why. */
final class MalformedJsonException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    MalformedJsonException(String message) {
        super(message);
    }
}
