package dev.cairn.protocol.model;

/**
 * What executing a block yields, as the header commits to it. {@code firstRevision} is {@code lastRevision + 1} when
 * the block changed no key.
 */
public record StateRoots(
        long firstRevision,
        long lastRevision,
        long compactRevision,
        Digest resultsRoot,
        Digest eventsRoot,
        Digest stateRoot) {}
