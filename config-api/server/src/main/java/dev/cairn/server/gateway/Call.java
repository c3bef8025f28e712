package dev.cairn.server.gateway;

/**
 * A client's call whose operation goes through the log. Exactly one of the two answers is given, once.
 *
 * @param <O> an operation
 * @param <R> what executing one gives
 */
public interface Call<O, R> {
    O operation();

    /** About what the operation adds to a request. */
    int sizeBytes();

    /** Whether the client has gone, so that an operation not yet sent need not be. */
    boolean isAbandoned();

    /** The operation was executed, with this result. */
    void completed(R outcome);

    void refused(Refusal why);
}
