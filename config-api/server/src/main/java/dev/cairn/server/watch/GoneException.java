package dev.cairn.server.watch;

/** A change cannot be told any more, because compaction has passed it meanwhile. */
public final class GoneException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public GoneException(long revision) {
        super("revision " + revision + " has been compacted");
    }
}
