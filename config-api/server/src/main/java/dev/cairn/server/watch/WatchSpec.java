package dev.cairn.server.watch;

/**
 * What a watch asks for.
 *
 * @param startRevision the first revision wanted; 0: what comes after the creation
 * @param requestedId the id the client chose; 0: any free one
 */
record WatchSpec(
        KeyInterval interval,
        long startRevision,
        long requestedId,
        boolean puts,
        boolean deletes,
        boolean previous,
        boolean progress,
        boolean fragment) {}
