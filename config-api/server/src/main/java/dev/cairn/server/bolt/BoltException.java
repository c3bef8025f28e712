package dev.cairn.server.bolt;

/** A file is no bbolt database, or a damaged one. The message says what is wrong in one line. */
public final class BoltException extends Exception {
    private static final long serialVersionUID = 1L;

    BoltException(String message) {
        super(message);
    }
}
